/// Why a call got no place in a ``Bulkhead``.
public enum BulkheadError: Error, Sendable, Equatable, CustomStringConvertible {
    /// All places are taken, and so are those to wait at.
    case full
    /// Its deadline came while it waited.
    case waitedTooLong
    /// Its task was cancelled while it waited.
    case cancelled

    /// The reason and what to do, fit for a client to read.
    public var description: String {
        switch self {
        case .full: "too many calls in flight and waiting; try again later"
        case .waitedTooLong: "no call in flight ended before the deadline; try again later"
        case .cancelled: "cancelled while waiting for a place"
        }
    }
}
