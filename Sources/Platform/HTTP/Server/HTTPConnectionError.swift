/// Why a connection's bytes can't be read or written any more.
public enum HTTPConnectionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The request was answered or its connection ended; its content is gone.
    case exchangeOver
    /// The peer left in the middle.
    case peerLeft
    /// Two tasks read the same content at once.
    case readTwice
    /// A handler answered 1xx without switching protocols, or switched to one that the client had not asked for.
    case notSwitched

    /// What happened.
    public var description: String {
        switch self {
        case .exchangeOver: "the request is over; its content can't be read any more"
        case .peerLeft: "the peer left in the middle"
        case .readTwice: "two tasks read the same content at once"
        case .notSwitched: "101 answers a request for another protocol, with HTTPResponse.switching"
        }
    }
}
