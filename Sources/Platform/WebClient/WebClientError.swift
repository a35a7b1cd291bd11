public import HTTP
public import Reactor

/// Why a call has no answer, or an answer no end.
///
/// No text holds a URL's path or query, a field's value, a credential or a byte of the content.
public enum WebClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The request can't be sent as it is: what is wrong with it. Nothing was sent.
    case invalidRequest(String)
    /// The client can't be made with these settings, or with this libcurl: what is wrong.
    case invalidSettings(String)
    /// The host name has no address, or no name server could be asked.
    case unresolved(WebDestination)
    /// All addresses of the host are refused by ``WebClientSettings/addresses``. Nothing was sent.
    case addressRefused(WebDestination)
    /// No connection could be made.
    case notConnected(WebDestination, SystemError)
    /// The proxy can't be found, reached, or does not pass the call on: what it did.
    case proxyFailed(String)
    /// TLS could not be agreed on, or the server is not who it should be. Nothing was sent.
    case tls(TLSFailure)
    /// As many calls are in progress as ``WebClientSettings/callsPerLoop`` allows.
    case queueFull(limit: Int)
    /// Time ran out: before a connection stood, the answer's head came, or its content moved.
    case timedOut(HTTPClientError.Stage)
    /// The answer's head or trailers are larger than the limits (``WebClientSettings/limits``).
    case headTooLarge
    /// One redirect more than ``WebClientSettings/redirectLimit`` allows.
    case tooManyRedirects(limit: Int)
    /// The server broke the protocol: how. The connection is not used again.
    case invalidAnswer(String)
    /// The connection ended before the answer was whole.
    case disconnected
    /// The request's own content failed.
    case contentFailed(String)
    /// The task was cancelled.
    case cancelled
    /// Two tasks read the same answer at once, or one reads it when it is over.
    case answerOver
    /// The client has been closed.
    case closed
    /// Anything else, in libcurl's own constant words.
    case failed(String)

    /// What was wrong with TLS.
    public enum TLSFailure: Sendable, Equatable {
        /// The certificate is past its last day.
        case expired
        /// The certificate's first day has not come; look at this machine's clock too.
        case notYetValid
        /// The certificate was made by nobody who is trusted here (`trust` in the settings adds an authority).
        case untrusted
        /// The certificate is for another host.
        case wrongHost
        /// Any other fault of the certificate: X.509's number for it (OpenSSL's `X509_V_ERR_*`).
        case invalidCertificate(code: Int)
        /// No common version or cipher, or the handshake was broken off: in OpenSSL's words.
        case handshake(String)
        /// The authority's file, the client's certificate or key can't be used.
        case settings(String)
    }

    /// What happened, and what to do where there is a usual cure.
    public var description: String {
        switch self {
        case .invalidRequest(let reason): "invalid request: \(reason)"
        case .invalidSettings(let reason): "invalid settings: \(reason)"
        case .unresolved(let destination): "\(destination): the host name has no address"
        case .addressRefused(let destination): "\(destination): its address is not one that may be called"
        case .notConnected(let destination, let error): "\(destination): \(error)"
        case .proxyFailed(let reason): "the proxy \(reason)"
        case .tls(let failure): "TLS: \(failure)"
        case .queueFull(let limit): "\(limit) calls are in progress, and no more are allowed"
        case .timedOut(let stage): "timed out waiting for the \(stage.rawValue)"
        case .headTooLarge: "the answer's head is larger than the limit"
        case .tooManyRedirects(let limit): "more than \(limit) redirects"
        case .invalidAnswer(let reason): "invalid answer: \(reason)"
        case .disconnected: "the connection ended before the answer was whole"
        case .contentFailed(let reason): "the request's content \(reason)"
        case .cancelled: "cancelled"
        case .answerOver: "the answer's content is read by another task, or over"
        case .closed: "the client is closed"
        case .failed(let reason): "failed: \(reason)"
        }
    }
}

extension WebClientError.TLSFailure: CustomStringConvertible {
    /// What was wrong, fit for a person to read.
    public var description: String {
        switch self {
        case .expired: "the server's certificate has expired"
        case .notYetValid: "the server's certificate is not valid yet (is this machine's clock right?)"
        case .untrusted: "the server's certificate was made by nobody who is trusted here"
        case .wrongHost: "the server's certificate is for another host"
        case .invalidCertificate(let code): "the server's certificate is invalid (X.509 error \(code))"
        case .handshake(let reason): "the handshake failed: \(reason)"
        case .settings(let reason): "a certificate or key of the settings can't be used: \(reason)"
        }
    }
}
