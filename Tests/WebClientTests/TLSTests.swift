import HTTP
import TestSupport
import Testing

@testable import WebClient

@Suite(
    "TLS with nginx",
    .enabled(if: Program.isWanted("nginx", "openssl"), "needs nginx and openssl"),
    .timeLimit(.minutes(1))
)
struct TLSTests {
    /// What a client makes of each server.
    private func failure(
        _ destination: WebDestination,
        _ client: WebClient
    ) async -> WebClientError.TLSFailure? {
        do {
            _ = try await client.send(HTTPRequest(.get, "/"), to: destination)
            return nil
        } catch {
            if case .tls(let failure) = error { return failure }
            Issue.record("\(error)")
            return nil
        }
    }

    @Test("a server that is not who it should be is refused, each with its reason")
    func refused() async throws {
        let certificates = try await Certificates()
        try await Nginx.run(certificates) { nginx in
            let client = try WebFixture.client(trusting: certificates.authority)
            #expect(try await client.fetch(from: nginx.http2).response.head.status == .ok)
            #expect(try await failure(nginx.expired, client) == .expired)
            #expect(try await failure(nginx.wrongHost, client) == .wrongHost, "wrong host")
            #expect(try await failure(nginx.selfSigned, client) == .untrusted)
            let outdated = try await failure(nginx.outdated, client)
            let isHandshake = if case .handshake = outdated { true } else { false }
            #expect(isHandshake, "\(String(describing: outdated))")
            #expect(try await failure(nginx.http2, WebFixture.client()) == .untrusted)
            #expect(await client.counters.failures == 4)
        }
    }

    @Test("the system's authorities stay trusted beside one's own; a file that is missing is named")
    func authorities() async throws {
        let certificates = try await Certificates()
        try await Nginx.run(certificates) { nginx in
            let client = try WebFixture.client { $0.trust = .systemAnd(file: certificates.authority) }
            #expect(try await client.fetch(from: nginx.http1).response.head.status == .ok)
            let missing = try WebFixture.client(trusting: "/nowhere.pem")
            let failure = try await failure(nginx.http1, missing)
            let text = if case .settings(let text) = failure { text } else { "" }
            #expect(text.contains("/nowhere.pem"))
        }
    }

    @Test("a client's certificate is shown where it is asked for")
    func mutual() async throws {
        let certificates = try await Certificates()
        try await Nginx.run(certificates) { nginx in
            let without = try WebFixture.client(trusting: certificates.authority)
            #expect(try await without.fetch(from: nginx.mutual).response.head.status == .badRequest)
            let with = try WebFixture.client(trusting: certificates.authority) {
                $0.certificate = WebClientCertificate(
                    file: certificates.good.file,
                    keyFile: certificates.good.key
                )
            }
            let (response, text) = try await with.fetch(from: nginx.mutual)
            #expect(response.head.status == .ok && text.hasSuffix("CN=test"))
        }
    }
}
