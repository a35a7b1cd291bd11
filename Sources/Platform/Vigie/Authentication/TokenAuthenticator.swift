import HTTP
import Reactor
import Routing
import Synchronization
import Telemetry
import Tokens

/// Finds out who calls, by the token in `Authorization`.
///
/// A token is verified once on each loop: the next request with the same bytes costs a look-up.
final class TokenAuthenticator: Sendable {
    /// Where the issuer's keys come from.
    enum Keys: Sendable {
        case fixed(KeySet)
        case fetched(KeySetCache)
    }

    private let verifier: TokenVerifier
    private let keys: Keys
    private let group: EventLoopGroup
    /// One for each loop, and one for all other threads: its lock is as good as never contended.
    private let caches: [Cache]
    private let valid: Counter
    private let refused: [TokenError: Counter]

    private final class Cache: Sendable {
        let tokens = Mutex(VerifiedTokenCache())
    }

    /// Believes what `verifier` believes.
    ///
    /// - Throws: ``MetricError`` when there is one already.
    init(
        _ verifier: TokenVerifier,
        _ keys: Keys,
        _ metrics: MetricRegistry,
        on group: EventLoopGroup
    ) throws(MetricError) {
        self.verifier = verifier
        self.keys = keys
        self.group = group
        caches = (0...group.loops.count).map { _ in Cache() }
        let family = try metrics.declare(StandardMetrics.authTokens)
        valid = try family.with("valid")
        var refused: [TokenError: Counter] = [:]
        for error in TokenError.allCases { refused[error] = try family.with(error.rawValue) }
        self.refused = refused
        guard case .fetched(let cache) = keys else { return }
        try metrics.observe(StandardMetrics.jwksAge) {
            cache.figures.age.map { [MetricReading(Double($0.nanoseconds) / 1e9)] } ?? []
        }
        try metrics.observe(StandardMetrics.jwksRefreshFailures) {
            [MetricReading(Double(cache.figures.failures))]
        }
    }

    /// Who sent a request; nil for one without a token.
    ///
    /// - Throws: 401 for a token that is not believed, saying why (RFC 6750 §3.1); 503 while the keys can't be had.
    func principal(of head: HTTPRequestHead) async throws -> Principal? {
        guard let text = BearerToken.find(in: head.fields) else { return nil }
        do {
            var principal = try known(text)
            if principal == nil { principal = try await verified(text) }
            valid.add()
            return principal
        } catch {
            refused[error]?.add()
            throw Self.problem(error)
        }
    }

    /// Fetches the keys when they are due, until the task is cancelled.
    func run(on loop: EventLoop) async {
        guard case .fetched(let cache) = keys else { return }
        repeat { await cache.refresh() } while (try? await loop.sleep(for: .seconds(1))) != nil
    }

    /// Who brings a token that was verified before; nil for a new one.
    private func known(_ text: ArraySlice<UInt8>) throws(TokenError) -> Principal? {
        let (generation, now) = (generation, UnixTime.now)
        let token = cache.tokens.withLock { $0.find(text.span, generation: generation, at: now) }
        guard let token else { return nil }
        return try Self.principal(token)
    }

    private func verified(_ text: ArraySlice<UInt8>) async throws(TokenError) -> Principal {
        let (cache, generation) = (cache, generation)
        let token = try await verify(text, at: .now)
        let principal = try Self.principal(token)
        // Where the keys have changed meanwhile, the next request verifies it anew.
        if generation == self.generation {
            cache.tokens.withLock { $0.insert(text.span, token, generation: generation) }
        }
        return principal
    }

    private var cache: Cache {
        caches[EventLoop.current.flatMap { group.owns($0) ? $0.index : nil } ?? group.loops.count]
    }

    private var generation: UInt64 {
        switch keys {
        case .fixed: 1
        case .fetched(let cache): cache.snapshot?.generation ?? 0
        }
    }

    private func verify(_ text: ArraySlice<UInt8>, at now: UnixTime) async throws(TokenError) -> VerifiedToken
    {
        switch keys {
        case .fixed(let keys): return try verifier.verify(text.span, keys: keys, at: now)
        case .fetched(let cache):
            let token = try UnverifiedToken(parsing: text.span, byteLimit: verifier.byteLimit)
            return try await cache.verify(token, by: verifier, at: now)
        }
    }

    private static func principal(_ token: VerifiedToken) throws(TokenError) -> Principal {
        guard let subject = token.claims.subject else { throw .missingClaim }
        let tenant = token.claims.extra["tenant"]?.string
        return Principal(subject: subject, roles: token.roles, scopes: token.scopes, tenant: tenant)
    }

    private static func problem(_ error: TokenError) -> Problem {
        guard error != .keysUnavailable else {
            return Problem(
                .serviceUnavailable,
                detail: error.description,
                reason: error.rawValue,
                isRetryable: true,
                fields: [.retryAfter: "1"]
            )
        }
        let challenge = "Bearer error=\"invalid_token\", error_description=\"\(error)\""
        return Problem(
            .unauthorized,
            detail: error.description,
            reason: error.rawValue,
            fields: ["www-authenticate": challenge]
        )
    }
}
