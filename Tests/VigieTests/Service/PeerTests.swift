import Testing
import Vigie
import VigieTesting

@Suite("where other services are", .timeLimit(.minutes(1))) struct PeerTests {
    private struct Asking: Service {
        static let name: ServiceName = "asking"

        init(_ setup: ServiceSetup) async throws { _ = try setup.client("payment") }

        var routes: some Routes { Get("/", auth: .open) { _ in "" } }
    }

    @Test("without a registry and without addresses the start ends with what to set")
    func nobodySays() async throws {
        let text = "nobody says where payment is: set CONSUL_HTTP_ADDR, or clients.peers to payment=host:port"
        await #expect(throws: StartError(text)) { try await TestService.run(Asking.self) { _ in } }
    }

    @Test(
        "an address that others can't call is no address to advertise",
        arguments: ["0.0.0.0", "::", "a b", "h:1", ""]
    )
    func unusable(address: String) async throws {
        await #expect(throws: ConfigurationError.self) {
            try await TestService.run(Asking.self, settings: ["advertise.address": address]) { _ in }
        }
    }
}
