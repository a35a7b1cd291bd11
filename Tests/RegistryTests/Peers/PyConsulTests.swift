import HTTP
import Reactor
import TestSupport
import Testing

@Suite("conformance 80: py-consul", .enabled(if: Program.isPythonWanted && RegistryFixture.isEmbedded))
struct PyConsulTests {
    @Test("agent, catalogue, health, keys, sessions, events, transactions", arguments: [nil, "topsecret"])
    func drives(token: String?) async throws {
        let python = try #require(Program.python)
        try await RegistryFixture.run(token: token) { (registry) async throws in
            let port = String(registry.destination.port ?? 0)
            let arguments = [Program.script("consul_client.py"), port] + (token.map { [$0] } ?? [])
            let result = try await Program.run(python, arguments)
            #expect(result.exit == .exited(0), "\(result.error)")
            #expect(result.text == "ok\n")
        }
    }
}
