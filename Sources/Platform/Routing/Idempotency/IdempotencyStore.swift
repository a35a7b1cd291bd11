/// Keeps first answers of `.idempotent` routes, so that a repetition has no second effect.
///
/// A store that shares the handler's database opens the transaction in ``once(_:_:)`` and runs the handler in it: then the
/// answer is kept if, and only if, the handler's work is. Answers are kept for 24 h.
public protocol IdempotencyStore: Sendable {
    /// Runs a request the first time that its key is seen.
    ///
    /// - Parameters:
    ///   - request: the key, whose it is, and what the request was.
    ///   - run: answers it. When it throws, nothing is kept, and the key is free again.
    /// - Returns: how it stands with the key.
    /// - Throws: what `run` throws; the store's own failures.
    func once(
        _ request: IdempotentRequest,
        _ run: () async throws -> StoredAnswer
    ) async throws -> IdempotencyOutcome
}

/// How it stands with a key.
public enum IdempotencyOutcome: Sendable, Equatable {
    /// It is new: this is its answer.
    case first(StoredAnswer)
    /// It was answered before, with this.
    case replay(StoredAnswer)
    /// Its first request is being worked on.
    case inFlight
    /// It was used for another request.
    case otherRequest
}

/// A request that takes effect once.
public struct IdempotentRequest: Sendable, Hashable {
    /// Whose a key is: two callers, or two routes, never share one.
    public struct Key: Sendable, Hashable {
        /// The value of `Idempotency-Key`, 1–255 visible characters.
        public let text: String
        /// Who calls; nil on an open route.
        public let subject: String?
        /// The route's method and path, as declared.
        public let route: String

        /// Names a key.
        public init(text: String, subject: String?, route: String) {
            self.text = text
            self.subject = subject
            self.route = route
        }
    }

    /// Whose key it is.
    public let key: Key
    /// A hash of target, content type and content, the same in each process (FNV-1a, 128 bits).
    public let fingerprint: UInt128

    /// Describes a request.
    public init(key: Key, fingerprint: UInt128) {
        self.key = key
        self.fingerprint = fingerprint
    }
}
