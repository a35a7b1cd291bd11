package import HTTP
package import Reactor
import Synchronization
package import Telemetry
package import Tokens

/// Finds out who calls, by the token that a request brings. Services and the gateway share it.
///
/// The issuer is chosen by the token's `iss`, to the byte; a token of somebody else is refused without asking anybody. A
/// token is verified once on each loop: the next request with the same bytes costs a look-up, until its end, until its
/// issuer's keys change, or until it is revoked. So is one whose signature is not valid, for a minute.
package final class TokenAuthenticator: Sendable {
    /// `auth_tokens_total`, for those who count other credentials too.
    package let results: MetricFamily<Counter>
    private let issuers: [TokenIssuer]
    private let revocations: RevocationList
    private let group: EventLoopGroup
    private let clock: @Sendable () -> UnixTime
    /// One for each loop, and one for all other threads: its lock is as good as never contended.
    private let caches: [Cache]
    private let valid: Counter
    private let refused: [TokenError: Counter]

    /// What is known of tokens that came before.
    private struct Tokens {
        var valid: VerifiedTokenCache<KnownToken>
        /// Those whose signature was not valid: who sends one again and again costs a look-up each time, and no signature.
        var forged: VerifiedTokenCache<ForgedToken>
    }

    /// By whose key a signature was not valid.
    private struct ForgedToken: Sendable {
        let issuer: Int
        let generation: UInt64

        /// How many are kept, of how many bytes each, and for how long.
        static let capacity = 512
        static let byteLimit = 2048
        static let time = Duration.seconds(60)
    }

    private final class Cache: Sendable {
        let tokens: Mutex<Tokens>

        init(_ capacity: Int) {
            let forged = min(capacity, ForgedToken.capacity)
            tokens = Mutex(
                Tokens(
                    valid: VerifiedTokenCache(capacity: capacity),
                    forged: VerifiedTokenCache(capacity: forged)
                )
            )
        }
    }

    /// Believes these issuers, each but once.
    ///
    /// - Parameters:
    ///   - issuers: whom to believe.
    ///   - revocations: what is not believed though it was verified.
    ///   - metrics: where results and the keys' ages are counted.
    ///   - group: the loops on which requests come.
    ///   - capacity: how many tokens are kept for each loop.
    ///   - clock: the wall clock.
    /// - Throws: `MetricError` when there is one already.
    package init(
        _ issuers: [TokenIssuer],
        revocations: RevocationList = RevocationList(),
        _ metrics: MetricRegistry,
        on group: EventLoopGroup,
        capacity: Int = 10_000,
        clock: @escaping @Sendable () -> UnixTime = { .now }
    ) throws(MetricError) {
        self.issuers = issuers
        self.revocations = revocations
        self.group = group
        self.clock = clock
        caches = (0...group.loops.count).map { _ in Cache(capacity) }
        results = try metrics.declare(StandardMetrics.authTokens)
        valid = try results.with("valid")
        var refused: [TokenError: Counter] = [:]
        for error in TokenError.allCases { refused[error] = try results.with(error.rawValue) }
        self.refused = refused
        try Self.observe(issuers.filter { $0.cache != nil }, metrics)
    }

    private static func observe(
        _ issuers: [TokenIssuer],
        _ metrics: MetricRegistry
    ) throws(MetricError) {
        guard !issuers.isEmpty else { return }
        try metrics.observe(StandardMetrics.jwksAge) {
            issuers.compactMap { issuer in
                issuer.cache?.figures.age.map {
                    MetricReading(Double($0.nanoseconds) / 1e9, labels: [issuer.verifier.issuer])
                }
            }
        }
        try metrics.observe(StandardMetrics.jwksRefreshFailures) {
            issuers.compactMap { issuer in
                issuer.cache.map {
                    MetricReading(Double($0.figures.failures), labels: [issuer.verifier.issuer])
                }
            }
        }
    }

    /// Who sent a request, by `Authorization`; nil for one without a token.
    ///
    /// - Throws: 401 for a token that is not believed, saying why (RFC 6750 §3.1); 503 while the keys can't be had.
    package func principal(of head: HTTPRequestHead) async throws -> Principal? {
        guard let text = BearerToken.find(in: head.fields) else { return nil }
        do throws(TokenError) { return try await identity(of: text).principal } catch { throw error.answer }
    }

    /// Whose a token is. One that is known costs one lock, which is the loop's own, and does not suspend.
    ///
    /// - Throws: ``TokenError``, counted by its kind.
    package func identity(of text: ArraySlice<UInt8>) async throws(TokenError) -> Identity {
        if let known = try knownIdentity(of: text) { return known }
        do throws(TokenError) {
            return try believed(try await verified(text))
        } catch {
            refused[error]?.add()
            throw error
        }
    }

    /// The same of a token that came before; nil for another one, which ``identity(of:)`` looks at.
    package func knownIdentity(of text: ArraySlice<UInt8>) throws(TokenError) -> Identity? {
        do throws(TokenError) {
            guard let token = try known(text) else { return nil }
            return try believed(token)
        } catch {
            refused[error]?.add()
            throw error
        }
    }

    private func believed(_ token: KnownToken) throws(TokenError) -> Identity {
        try token.check(revocations)
        valid.add()
        return token.identity
    }

    /// Why keys could not be fetched when they were asked for last, by issuer; for the log and for operators.
    package var failures: [String: String] {
        var failures: [String: String] = [:]
        for issuer in issuers { failures[issuer.verifier.issuer] = issuer.cache?.figures.lastFailure }
        return failures
    }

    /// Fetches the issuers' keys when they are due, until the task is cancelled. Returns at once where all are given.
    package func run(on loop: EventLoop) async {
        await withTaskGroup(of: Void.self) { tasks in
            for issuer in issuers {
                guard let cache = issuer.cache else { continue }
                let upkeep = IssuerUpkeep(issuer: issuer.verifier.issuer, cache: cache)
                tasks.addTask(executorPreference: loop) { await upkeep.run(on: loop) }
            }
        }
    }

    /// A token that was verified before, under the keys that its issuer still has.
    ///
    /// - Throws: `invalidSignature` for one whose signature these keys were found not to have made.
    private func known(_ text: ArraySlice<UInt8>) throws(TokenError) -> KnownToken? {
        let now = clock()
        let (valid, forged) = cache.tokens.withLock { tokens -> (KnownToken?, ForgedToken?) in
            if let token = tokens.valid.find(text.span, at: now) { return (token, nil) }
            return (nil, tokens.forged.isEmpty ? nil : tokens.forged.find(text.span, at: now))
        }
        if let forged, forged.generation == issuers[forged.issuer].generation { throw .invalidSignature }
        guard let valid, valid.generation == issuers[valid.issuer].generation else { return nil }
        return valid
    }

    private func verified(_ text: ArraySlice<UInt8>) async throws(TokenError) -> KnownToken {
        let token = try UnverifiedToken(parsing: text.span)
        guard let name = token.issuer else { throw .missingClaim }
        // Strings equal in Swift when they are canonically equivalent; these are compared by their bytes (RFC 7519 §7.3).
        guard let place = issuers.firstIndex(where: { $0.verifier.issuer.utf8.elementsEqual(name.utf8) })
        else { throw .wrongIssuer }
        let (issuer, cache) = (issuers[place], cache)
        let generation = issuer.generation
        let verified: VerifiedToken
        do throws(TokenError) {
            verified = try await issuer.verify(token, at: clock())
        } catch {
            if error == .invalidSignature, generation == issuer.generation {
                keep(text, ForgedToken(issuer: place, generation: generation), in: cache)
            }
            throw error
        }
        let known = try KnownToken(verified, of: place, generation)
        // Where the keys have changed meanwhile, the next request verifies it anew. What is revoked is kept too: to refuse
        // it again costs no signature.
        if generation == issuer.generation {
            cache.tokens.withLock { $0.valid.insert(text.span, known, until: verified.end) }
        }
        return known
    }

    private func keep(_ text: ArraySlice<UInt8>, _ token: ForgedToken, in cache: Cache) {
        guard text.count <= ForgedToken.byteLimit else { return }
        let end = clock() + ForgedToken.time
        cache.tokens.withLock { $0.forged.insert(text.span, token, until: end) }
    }

    private var cache: Cache {
        caches[EventLoop.current.flatMap { group.owns($0) ? $0.index : nil } ?? group.loops.count]
    }
}
