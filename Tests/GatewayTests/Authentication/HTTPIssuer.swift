import HTTP
import Reactor
import Synchronization
import TestSupport
import Tokens

/// An issuer that answers over HTTP on this machine, as a test says.
final class HTTPIssuer: Sendable {
    private struct State {
        var answers: [String: HTTPResponse] = [:]
        var requests: [String] = []
        var isAway = false
        var gate: Latch?
    }

    private let state = Mutex(State())
    private let bound: Mutex<UInt16> = Mutex(0)

    /// Runs a test with an issuer that has its own document and no keys yet.
    static func run(_ body: (HTTPIssuer) async throws -> Void) async throws {
        let issuer = HTTPIssuer()
        var settings = HTTPServerSettings()
        (settings.drainTimeout, settings.drainIdleTimeout) = (.milliseconds(200), .milliseconds(10))
        let server = try await HTTPServer.start(
            at: .loopback(port: 0),
            on: TestLoops.two,
            settings: settings
        ) { await issuer.answer($0) }
        issuer.bound.withLock { $0 = server.address.port ?? 0 }
        issuer.configure()
        let result: Result<Void, any Error>
        do { result = .success(try await body(issuer)) } catch { result = .failure(error) }
        issuer.letGo()
        _ = await server.drain()
        try result.get()
    }

    /// Scheme, host and port.
    var origin: String { "http://127.0.0.1:\(bound.withLock { $0 })" }
    /// The `iss` of its tokens.
    var name: String { origin + "/auth" }
    /// Where its keys are.
    var keysURL: String { origin + "/jwks" }

    static let documentPath = "/auth/.well-known/openid-configuration"

    /// Answers its own document; by default the true one.
    func configure(issuer: String? = nil, keys: String? = nil) {
        answer(
            Self.documentPath,
            "{\"issuer\":\"\(issuer ?? name)\",\"jwks_uri\":\"\(keys ?? keysURL)\",\"x\":[1]}"
        )
    }

    func publish(_ keys: [VerificationKey], at path: String = "/jwks") throws {
        answer(path, try KeySet(keys).jwks())
    }

    func answer(_ path: String, _ text: String) { answer(path, HTTPResponse(.ok, body: HTTPBody(text))) }

    func answer(_ path: String, _ response: HTTPResponse?) { state.withLock { $0.answers[path] = response } }

    /// Whether all is answered with 503.
    func setAway(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }

    /// Requests wait from now on.
    func hold() { state.withLock { $0.gate = Latch() } }

    func letGo() { state.withLock { $0.gate.take() }?.open() }

    /// The targets that were asked for.
    var requests: [String] { state.withLock { $0.requests } }

    func count(_ path: String) -> Int { requests.count { $0 == path } }

    private func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let (response, gate) = state.withLock { state in
            state.requests.append(request.head.target)
            return (state.isAway ? nil : state.answers[request.head.path], state.gate)
        }
        await gate?.wait()
        return response ?? HTTPResponse(.serviceUnavailable)
    }
}
