import Authentication
import Discovery
import Documents
import HTTP
import Reactor
import Telemetry
import Tokens
import Vigie

/// Finds out who calls at the edge: by a token of one of several issuers, or by an API key; and tells those behind.
///
/// A token that was verified before costs one lock of the loop's own and does not suspend. Keys are fetched, and
/// revocations followed, by ``run(on:)``.
final class EdgeAuthenticator: Sendable {
    private let tokens: TokenAuthenticator
    private let keys: APIKeyTable
    private let keyField: HTTPFieldName
    private let documents: IssuerDocuments
    /// What is revoked; nil where there is no registry to follow.
    let revocations: RevocationWatch?
    private let counters: Counters

    /// What is counted beside tokens.
    private struct Counters: Sendable {
        let keyValid: Counter
        let keyUnknown: Counter
        let keyExpired: Counter
        let several: Counter

        init(_ results: MetricFamily<Counter>) throws(MetricError) {
            keyValid = try results.with("api_key_valid")
            keyUnknown = try results.with("api_key_unknown")
            keyExpired = try results.with("api_key_expired")
            several = try results.with("credentials_several")
        }
    }

    /// Makes what the settings ask for. Nothing is fetched yet: an issuer that can't be reached is no mistake.
    ///
    /// - Parameters:
    ///   - settings: who is believed.
    ///   - other: somebody else who is believed; nil for nobody.
    ///   - place: where the settings stand in their document, for the messages.
    ///   - registry: where revocations are followed; nil for nowhere.
    ///   - environment: where secrets may be.
    ///   - serviceKeys: finds keys at a service of the system, by a place such as `service://auth/jwks.json`.
    ///   - metrics: where all is counted.
    ///   - group: the loops on which requests come.
    ///   - clock: by which keys grow old.
    /// - Throws: ``DocumentError`` with every mistake in the settings; `MetricError` when there is one already.
    init(
        _ settings: EdgeAuthenticationSettings,
        and other: TokenIssuer? = nil,
        at place: String = "authentication",
        registry: ConsulClient? = nil,
        environment: [String: String] = [:],
        serviceKeys: @escaping (String) throws -> TokenIssuer.Keys = {
            throw StartError("\($0): there are no services")
        },
        metrics: MetricRegistry,
        on group: EventLoopGroup,
        clock: @escaping @Sendable () -> MonotonicInstant = { .now }
    ) throws {
        let mistakes = Mistakes()
        if let path = settings.authorityFile {
            AuthorityFile.check(path, at: "\(place).authorityFile", mistakes)
        }
        documents = try IssuerDocuments(on: group, authorityFile: settings.authorityFile)
        let builder = IssuerBuilder(
            documents: documents,
            serviceKeys: serviceKeys,
            environment: environment,
            clock: clock,
            mistakes: mistakes
        )
        var issuers = builder.issuers(settings.issuers, at: "\(place).issuers")
        if let other {
            if settings.issuers.contains(where: { $0.issuer == other.verifier.issuer }) {
                mistakes.note("\(place).issuers", "names the issuer of `auth.issuer` once more")
            }
            issuers.append(other)
        }
        keys = APIKeyTable(settings.apiKeys, at: "\(place).apiKeys", mistakes)
        keyField = settings.apiKeyField
        if !EdgeAuthenticationSettings.isOfItsOwn(keyField) {
            mistakes.note("\(place).apiKeyField", "must be a field of its own, not \(keyField)")
        }
        guard mistakes.list.isEmpty else { throw DocumentError(mistakes: mistakes.list) }
        revocations = try registry.map { registry throws(MetricError) in
            try RevocationWatch(registry, metrics)
        }
        let list = revocations?.list ?? RevocationList()
        tokens = try TokenAuthenticator(issuers, revocations: list, metrics, on: group)
        counters = try Counters(tokens.results)
    }

    /// What is said of a request's sender without a wait.
    enum Finding {
        /// It brings nothing.
        case nobody
        /// It is known.
        case known(EdgeIdentity)
        /// It brings a token that did not come before; ask ``identity(ofToken:)``.
        case new(ArraySlice<UInt8>)
    }

    /// Who sent a request, as far as that needs no wait.
    ///
    /// - Throws: `ProblemDetails`: 400 for two credentials, 401 for one that is not believed.
    func knownIdentity(of head: HTTPRequestHead) throws -> Finding {
        switch Credential(in: head.fields, apiKeyField: keyField) {
        case .none: return .nobody
        case .token(let text):
            do throws(TokenError) {
                guard let identity = try tokens.knownIdentity(of: text) else { return .new(text) }
                return .known(EdgeIdentity(identity))
            } catch {
                throw error.answer
            }
        case .apiKey(let text): return .known(try identity(ofKey: text))
        case .several:
            counters.several.add()
            throw Self.ambiguous
        }
    }

    /// Whose a token is.
    ///
    /// - Throws: `ProblemDetails`: 401 for one that is not believed, 503 while its issuer's keys can't be had.
    func identity(ofToken text: ArraySlice<UInt8>) async throws -> EdgeIdentity {
        do throws(TokenError) {
            return EdgeIdentity(try await tokens.identity(of: text))
        } catch {
            throw error.answer
        }
    }

    /// Why keys could not be fetched when they were asked for last, by issuer; for operators.
    var failures: [String: String] { tokens.failures }

    /// Fetches keys and follows revocations until the task is cancelled. Returns at once where there is nothing to do.
    func run(on loop: EventLoop) async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask(executorPreference: loop) { [tokens] in await tokens.run(on: loop) }
            if let revocations {
                tasks.addTask(executorPreference: loop) { await revocations.run(on: loop) }
            }
        }
        await documents.close()
    }

    // MARK: What goes upstream

    /// Whether a client's field of this name goes no further: `X-Auth-*` in all spellings, and the field of API keys.
    func isOwned(_ name: Span<UInt8>) -> Bool {
        IdentityFields.isReserved(name) || HTTPFields.isName(name, of: keyField)
    }

    /// The fields that go upstream: without what only the gateway may say and without API keys, with the identity's fields.
    ///
    /// - Parameters:
    ///   - fields: as they came.
    ///   - peer: who is connected.
    ///   - isForwarded: whether that is a trusted proxy, whose word is passed on.
    ///   - identity: who sent it, where somebody was asked for.
    /// - Returns: the fields, with room for some more.
    func outgoing(
        _ fields: HTTPFields,
        from peer: SocketAddress?,
        isForwarded: Bool,
        for identity: EdgeIdentity?
    ) -> HTTPFields {
        var result = ForwardedFields.outgoing(fields, from: peer, isForwarded: isForwarded, dropping: isOwned)
        if let identity { result.append(contentsOf: identity.fields) }
        return result
    }

    // MARK: Pieces

    private func identity(ofKey text: ArraySlice<UInt8>) throws -> EdgeIdentity {
        do throws(APIKeyTable.Refusal) {
            let identity = try keys.identity(of: text, at: .now)
            counters.keyValid.add()
            return identity
        } catch {
            switch error {
            case .unknown:
                counters.keyUnknown.add()
                throw Self.refusal("the API key is not known", reason: "api_key_unknown")
            case .expired:
                counters.keyExpired.add()
                throw Self.refusal("the API key has expired", reason: "api_key_expired")
            }
        }
    }

    /// A challenge without `error`: no token was sent (RFC 6750 §3).
    private static func refusal(_ detail: String, reason: String) -> ProblemDetails {
        ProblemDetails(
            .unauthorized,
            detail: detail,
            reason: reason,
            isRetryable: false,
            fields: ["www-authenticate": "Bearer"]
        )
    }

    /// RFC 6750 §3.1: more than one method to say who one is.
    private static let ambiguous = ProblemDetails(
        .badRequest,
        detail: "the request brings more than one credential",
        reason: "invalid_request",
        isRetryable: false,
        fields: ["www-authenticate": "Bearer error=\"invalid_request\""]
    )
}
