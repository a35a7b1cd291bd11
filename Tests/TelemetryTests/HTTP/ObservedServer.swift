import HTTP
import Reactor
import TestSupport
import Testing

@testable import Telemetry

/// A server whose telemetry is kept in memory.
struct ObservedServer: Sendable {
    let spans: InMemorySpanSink
    let log: InMemoryLogSink
    let registry: MetricRegistry
    let client: HTTPClient
    let server: HTTPServer

    /// Serves `answer`, which finds its route's index with `route`, runs `body`, and drains: then everything is told.
    static func run(
        routes: [HTTPRouteName] = [HTTPRouteName(.get, "/notes/{id}")],
        keeper: TailKeeper? = nil,
        sampler: Sampler = Sampler(),
        _ change: (inout HTTPServerSettings) -> Void = { _ in },
        tellsTrace: Bool = false,
        route: @escaping @Sendable (HTTPRequest) -> Int? = { _ in 0 },
        answer: @escaping HTTPHandler,
        _ body: (ObservedServer) async throws -> Void
    ) async throws -> ObservedServer {
        let group = try TestLoops.two
        let registry = MetricRegistry(loops: group.loops)
        let (spans, log) = (InMemorySpanSink(), InMemoryLogSink())
        let output = LogOutput(service: "s", instance: "i", sink: log)
        var settings = HTTPServerTelemetry.Settings()
        settings.tracer = Tracer(sampler: sampler, keeper: keeper, sink: spans)
        settings.accessLog = output
        settings.logger = Logger("service", to: output)
        settings.tellsTrace = tellsTrace
        let telemetry = try HTTPServerTelemetry(registry, routes: routes, settings: settings)
        var server = HTTPServerSettings()
        (server.drainIdleTimeout, server.lingerTimeout) = (.milliseconds(20), .milliseconds(200))
        server.report = { telemetry.note($0) }
        change(&server)
        let started = try await HTTPServer.start(at: .loopback(port: 0), on: group, settings: server) {
            request in
            await telemetry.respond(to: request, route: route(request)) { try await answer(request) }
        }
        let observed = ObservedServer(
            spans: spans,
            log: log,
            registry: registry,
            client: HTTPClient(on: group),
            server: started
        )
        let result: Result<Void, any Error>
        do { result = .success(try await body(observed)) } catch { result = .failure(error) }
        await observed.client.close()
        #expect(await started.drain() == .drained)
        try result.get()
        return observed
    }

    private init(
        spans: InMemorySpanSink,
        log: InMemoryLogSink,
        registry: MetricRegistry,
        client: HTTPClient,
        server: HTTPServer
    ) {
        (self.spans, self.log) = (spans, log)
        (self.registry, self.client, self.server) = (registry, client, server)
    }

    /// Sends a request and reads its answer.
    @discardableResult func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let response = try await client.send(request, to: HTTPDestination(server.address))
        _ = try await response.body.collect(upTo: 1 << 20)
        return response
    }

    /// The lines of a metric that are not comments.
    func series(_ name: String) -> [Substring] {
        MetricsFixture.text(registry, .text).split(separator: "\n").filter { $0.hasPrefix(name) }
    }

    /// The labels of all durations.
    var durations: [String] {
        series("http_server_request_duration_seconds_count").compactMap { line in
            guard let begin = line.firstIndex(of: "{"), let end = line.lastIndex(of: "}") else { return nil }
            return String(line[line.index(after: begin)..<end])
        }
    }

    /// The lines of the access log.
    var accessLines: [String] { log.lines.filter { $0.contains("\"msg\":\"request\"") } }
}
