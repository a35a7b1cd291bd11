import HTTP
import Reactor
import Routing
import Telemetry
import TestSupport
import Testing

@Suite("routes as telemetry sees them", .timeLimit(.minutes(2))) struct RouterTelemetryTests {
    @Test("a scan of 100 000 paths adds one series for each method, and no more")
    func scan() async throws {
        let router = try Router.open {
            Get("/notes/{id}") { (_, id: Int) in id }
        }
        let registry = MetricRegistry(loops: try TestLoops.one.loops)
        let telemetry = try HTTPServerTelemetry(registry, routes: router.names)
        for number in 0..<100_000 {
            let path = number % 2 == 0 ? "/notes/\(number)" : "/wp-admin/\(number).php?x=\(number)"
            let request = HTTPRequest(number % 4 == 3 ? .post : .get, path)
            let response = await router.respond(to: request, observedBy: telemetry, within: .seconds(15))
            response.observer?.exchangeEnded(HTTPExchangeEnd(outcome: .sent, status: response.head.status))
        }
        let family = try #require(
            registry.snapshot().first { $0.name == "http_server_request_duration_seconds" }
        )
        let labels = family.series.map { $0.labels.values.prefix(3).joined(separator: " ") }
        #expect(labels.sorted() == ["GET  404", "GET /notes/{id} 200", "POST  404"])
        let count = family.series.reduce(0) { sum, series in
            if case .histogram(let value) = series.value { sum + Int(value.count) } else { sum }
        }
        #expect(count == 100_000)
    }
}
