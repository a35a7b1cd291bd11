import Discovery
import HTTP
import Reactor
import Supervision
import Telemetry
import TestSupport
import Testing
import Vigie

@testable import Gateway

@Suite("old documents of routes in a registry", .timeLimit(.minutes(1))) struct RouteDocumentSweepTests {
    @Test("what no instance of a service names goes after ten minutes; all else stays")
    func sweeps() async throws {
        let program = try RunningProgram("vigie", ["registry", "--port", "0", "--loops", "1"])
        let address = try await program.listening()
        let http = HTTPClient(on: try TestLoops.two)
        var settings = ConsulSettings()
        settings.address = ConsulAddress(HTTPDestination(address))
        let client = ConsulClient(settings, over: http)
        let logs = InMemoryLogSink()
        let output = LogOutput(service: "gateway", instance: "1", sink: logs)
        var sweep = RouteDocumentSweep(client: client, logger: Logger("gateway", to: output))
        let outcome = await Result {
            for (service, hash) in [("echo", "old"), ("echo", "new"), ("other", "old"), ("echo-2", "old")] {
                let isPut = try await client.put(DiscoveryKeys.routes(of: service, hash: hash), [1])
                #expect(isPut)
            }
            let named: [ServiceName: Set<String>] = ["echo": ["new"]]
            await sweep.run(named, at: .now)
            await sweep.run(named, at: .now + .seconds(599))
            let keys = try await client.keys(under: "vigie/routes/").value
            #expect(keys.count == 4)
            await sweep.run(named, at: .now + .seconds(601))
            let left = try await client.keys(under: "vigie/routes/").value
            #expect(left == ["vigie/routes/echo-2/old", "vigie/routes/echo/new", "vigie/routes/other/old"])
            #expect(logs.text.contains("vigie/routes/echo/old"))
        }
        await http.close()
        await program.process.stop()
        try outcome.get()
    }
}
