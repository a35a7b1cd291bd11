import FoundationEssentials
import HTTP
import JSON
import Reactor
import Routing
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Gateway
@testable import Tokens

/// A value that several tasks of a test use.
final class Cell<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        value.withLock { body(&$0) }
    }
}

/// A clock that a test moves.
final class TestClock: Sendable {
    private let time = Mutex(MonotonicInstant(nanoseconds: 1_000_000_000_000))

    var now: MonotonicInstant { time.withLock { $0 } }

    func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
}

extension InMemoryLogSink {
    /// All lines.
    var text: String { lines.joined() }
}

/// Keys of each kind, made once a run.
enum EdgeKeys {
    static let all: [SigningAlgorithm: SigningKey] = (try? make()) ?? [:]

    private static func make() throws(KeyError) -> [SigningAlgorithm: SigningKey] {
        let rsa = try SigningKey(try KeyPair.generate(.rsa), id: "rs256", algorithm: .rs256)
        let p256 = try SigningKey(try KeyPair.generate(.p256), id: "es256")
        let ed25519 = try SigningKey(try KeyPair.generate(.ed25519), id: "eddsa")
        return [.rs256: rsa, .es256: p256, .edDSA: ed25519]
    }

    static var published: [VerificationKey] {
        [SigningAlgorithm.rs256, .es256, .edDSA].compactMap { all[$0]?.verificationKey }
    }

    static func key(_ algorithm: SigningAlgorithm = .es256) throws -> SigningKey {
        try #require(all[algorithm])
    }
}

/// Makes tokens, good ones and others.
enum EdgeToken {
    /// Claims that are good for two hours.
    static func claims(_ issuer: String, subject: String? = "anna", id: String? = nil) -> TokenClaims {
        var claims = TokenClaims()
        claims.issuer = issuer
        claims.subject = subject
        claims.audience = ["us"]
        claims.issuedAt = .now
        claims.expiration = .now + .seconds(7_200)
        claims.id = id
        claims.extra = [
            "roles": .array([.string("host"), .string("guest")]), "scope": .string("read write"),
        ]
        return claims
    }

    static func good(
        _ issuer: String,
        by key: SigningKey,
        subject: String? = "anna",
        id: String? = nil
    ) throws(KeyError) -> String {
        try TokenSigner(key).sign(claims(issuer, subject: subject, id: id))
    }

    /// A token of any header and payload, truly signed.
    static func signed(header: String, _ payload: [UInt8], by key: SigningKey) throws(KeyError) -> String {
        let input = "\(Base64URL.encode(Array(header.utf8).span)).\(Base64URL.encode(payload.span))"
        let signature = try key.sign(Array(input.utf8))
        return "\(input).\(Base64URL.encode(signature.span))"
    }

    /// A good payload as text, with members put in or taken out.
    static func payload(_ issuer: String, _ changes: [String: ClaimValue?] = [:]) -> [UInt8] {
        var object = claims(issuer).object
        for (name, value) in changes { object[name] = value }
        return ClaimWriter.encode(object)
    }
}

/// An authenticator under test, alone and behind a server.
struct Edge: Sendable {
    let authenticator: EdgeAuthenticator
    let metrics: MetricRegistry

    init(
        _ settings: EdgeAuthenticationSettings,
        environment: [String: String] = [:],
        clock: TestClock? = nil
    ) throws {
        let group = try TestLoops.two
        metrics = MetricRegistry(loops: group.loops)
        authenticator = try EdgeAuthenticator(
            settings,
            environment: environment,
            metrics: metrics,
            on: group,
            clock: { clock?.now ?? .now }
        )
    }

    /// Believes one issuer.
    init(_ issuer: HTTPIssuer, keys: IssuerSettings.Keys? = nil, clock: TestClock? = nil) throws {
        var believed = IssuerSettings(issuer: issuer.name, audiences: ["them", "us"])
        believed.keys = .url(issuer.keysURL)
        if let keys { believed.keys = keys }
        var settings = EdgeAuthenticationSettings()
        settings.issuers = [believed]
        try self.init(settings, clock: clock)
    }

    // MARK: Alone

    /// What a request with these fields is told: nil when it is let in.
    func refusal(_ fields: HTTPFields) async throws -> ProblemDetails? {
        do {
            let head = HTTPRequestHead(.get, "/", fields: fields)
            guard let identity = try await authenticator.identity(of: head) else {
                return Authorization.authenticated.refusal(of: nil)
            }
            return Authorization.authenticated.refusal(of: identity.principal)
        } catch let problem as ProblemDetails {
            return problem
        }
    }

    /// Why a token is refused: nil when it is not.
    func refusal(token: String) async throws -> String? {
        try await refusal([.authorization: "Bearer \(token)"])?.reason
    }

    /// A figure of the metrics; nil without such a series.
    func metric(_ series: String) -> Double? {
        let lines = String(decoding: metrics.exposition(.text), as: UTF8.self).split(separator: "\n")
        return lines.first { $0.hasPrefix(series + " ") }?.split(separator: " ").last.flatMap { Double($0) }
    }

    // MARK: Behind a server

    struct Answer: Sendable {
        let status: HTTPStatus
        let fields: HTTPFields
        let text: String

        /// The problem's `reason`.
        var reason: String? {
            (try? JSONText.decode(JSONValue.self, from: Array(text.utf8)))?["reason"]?.string
        }
        /// What went upstream under a name, one line each; empty without.
        func upstream(_ name: String) -> [String] {
            text.split(separator: "\n").filter { $0.hasPrefix(name + ": ") }.map {
                String($0.dropFirst(name.count + 2))
            }
        }
    }

    /// Asks the server.
    struct Send: Sendable {
        fileprivate let client: HTTPClient
        fileprivate let destination: HTTPDestination

        func callAsFunction(_ target: String, _ fields: HTTPFields) async throws -> Answer {
            let request = HTTPRequest(.get, target, fields: fields)
            let response = try await client.send(request, to: destination)
            let bytes = try await response.body.collect(upTo: 1 << 20)
            return Answer(
                status: response.head.status,
                fields: response.head.fields,
                text: String(decoding: bytes, as: UTF8.self)
            )
        }
    }

    /// Runs a server that authenticates, asks the rule, and answers with the fields that would go upstream.
    func serve(
        _ rule: Authorization = .authenticated,
        _ body: (Send) async throws -> Void
    ) async throws {
        var settings = HTTPServerSettings()
        (settings.drainTimeout, settings.drainIdleTimeout) = (.milliseconds(200), .milliseconds(10))
        let server = try await HTTPServer.start(
            at: .loopback(port: 0),
            on: TestLoops.two,
            settings: settings
        ) { try await answer($0, rule) }
        let client = HTTPClient(on: try TestLoops.two)
        let send = Send(client: client, destination: HTTPDestination(server.address))
        let result: Result<Void, any Error>
        do { result = .success(try await body(send)) } catch { result = .failure(error) }
        await client.close()
        _ = await server.drain()
        try result.get()
    }

    private func answer(_ request: HTTPRequest, _ rule: Authorization) async throws -> HTTPResponse {
        guard !rule.isOpen else { return upstream(request.head.fields, nil) }
        guard let identity = try await authenticator.identity(of: request.head) else {
            return rule.refusal(of: nil)?.response() ?? HTTPResponse(.ok)
        }
        if let refusal = rule.refusal(of: identity.principal) { return refusal.response() }
        return upstream(request.head.fields, identity)
    }

    /// Answers with what would go upstream.
    private func upstream(_ fields: HTTPFields, _ identity: EdgeIdentity?) -> HTTPResponse {
        let fields = authenticator.outgoing(fields, from: nil, isForwarded: false, for: identity)
        let lines = fields.all.map { name, value in
            "\(String(decoding: name, as: UTF8.self).lowercased()): \(String(decoding: value, as: UTF8.self))"
        }
        return HTTPResponse(.ok, body: HTTPBody(lines.joined(separator: "\n")))
    }
}

extension EdgeAuthenticator {
    /// Who sent a request; nil where it brings nothing to say so.
    func identity(of head: HTTPRequestHead) async throws -> EdgeIdentity? {
        switch try knownIdentity(of: head) {
        case .nobody: nil
        case .known(let identity): identity
        case .new(let token): try await identity(ofToken: token)
        }
    }
}

/// A file of a test.
enum ScratchText {
    static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }
}
