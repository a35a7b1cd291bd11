/// An error that knows how a request that failed with it is answered: a server and a router send its problem.
///
/// For errors of what a service depends on, so that each says once what it means to a client: 503 with `Retry-After`
/// when a dependency is down or full. Nothing in the problem may tell of the inside: no statement, value or host.
public protocol ProblemConvertible: Error {
    /// The answer; nil for an error that means nothing to a client: it is reported, and answered with 500.
    var problem: ProblemDetails? { get }
}

extension ProblemDetails: ProblemConvertible {
    /// Itself.
    public var problem: ProblemDetails? { self }
}

extension HTTPBody.TooLarge: ProblemConvertible {
    /// 413, which names the limit.
    public var problem: ProblemDetails? {
        ProblemDetails(.contentTooLarge, detail: description, reason: HTTPRefusal.contentTooLarge.rawValue)
    }
}
