import HTTP
import Reactor
import Telemetry
import Testing

@testable import Resilience

@Suite("calls: spans and metrics") struct TelemetryCallTests {
    @Test("each attempt is a client span below the caller's, the second one counted as sent again")
    func spans() async throws {
        try await Peer.run(2) { number, _ in
            .text(number == 0 ? 503 : .ok)
        } _: { peers in
            let calls = try Calls(to: peers)
            let above = calls.tracer.start("above", .server, remoteParent: nil)
            let route = calls.client.route("/things/{id}")
            let request = HTTPRequest(.get, "/things/7?token=secret")
            _ = try await calls.send(request, on: route) { $0.span = above }
            let spans = calls.spans.spans
            #expect(spans.map(\.name) == ["GET", "GET"])
            #expect(spans.allSatisfy { $0.kind == .client && $0.parent == above.context.spanID })
            #expect(spans.allSatisfy { $0.context.traceID == above.context.traceID })
            #expect(spans.map { $0.attributes[.httpRequestResendCount] } == [nil, 1])
            #expect(spans.map { $0.attributes[.httpResponseStatusCode] } == [503, 200])
            #expect(spans.map { $0.attributes[.errorType] } == ["503", nil])
            #expect(spans.map(\.status.isError) == [true, false])
            for (span, peer) in zip(spans, peers) {
                let port = try #require(peer.destination.port)
                #expect(span.attributes[.httpRequestMethod] == "GET")
                #expect(span.attributes[.serverAddress] == "127.0.0.1")
                #expect(span.attributes[.serverPort] == .int(Int(port)))
                #expect(span.attributes[.urlFull] == .string("http://127.0.0.1:\(port)/things/7"))
                #expect(span.attributes[.urlTemplate] == "/things/{id}")
                // Each attempt names its own span to its callee.
                let sent = Propagation.extract(from: peer.requests[0].fields)
                #expect(sent?.spanID == span.context.spanID)
            }
        }
    }

    @Test("an attempt without an answer names its kind; one that was cancelled is no error")
    func failures() async throws {
        let deaf = try DeafPeer()
        let calls = try Calls(OrderedInstances([deaf.destination]))
        _ = try await calls.failure()
        let span = try #require(calls.spans.spans.first)
        #expect(span.attributes[.errorType] == "connection_failed")
        #expect(span.attributes[.httpResponseStatusCode] == nil)
        #expect(span.status.isError)
        try await Peer.run { _, _ in
            try await hang()
        } _: { peers in
            let calls = try Calls(to: peers)
            let call = Task { try await calls.failure() }
            while peers[0].requests.isEmpty { await Task.yield() }
            call.cancel()
            #expect(try await call.value?.code == .cancelled)
            let span = try #require(calls.spans.spans.first)
            #expect(span.attributes[.errorType] == "cancelled")
            #expect(!span.status.isError)
            #expect(calls.client.inFlight == 0)
        }
    }

    @Test("outside neither path nor query are recorded, only the declared template")
    func outsideURL() async throws {
        try await Peer.run { _, _ in
            .text(.ok)
        } _: { peers in
            var settings = CallFixture.eager
            settings.headers = .trace
            let calls = try Calls(to: peers, settings: settings)
            _ = try await calls.send(HTTPRequest(.get, "/hooks/secret?key=1"))
            _ = try await calls.send(
                HTTPRequest(.get, "/hooks/secret"),
                on: calls.client.route("/hooks/{hook}")
            )
            let origin = "http://\(peers[0].destination)"
            #expect(
                calls.spans.spans.map { $0.attributes[.urlFull] } == [
                    .string(origin + "/"), .string(origin + "/hooks/{hook}"),
                ]
            )
        }
    }

    private static let labels = [
        "http_request_method", "http_route", "http_response_status_code", "url_scheme", "error_type",
        "server_address",
    ]

    @Test("one measurement a physical attempt, with the labels of the defaults")
    func measurements() async throws {
        let deaf = try DeafPeer()
        try await Peer.run(2) { number, _ in
            .text(number == 0 ? 503 : .ok)
        } _: { peers in
            let source = OrderedInstances([deaf.destination] + peers.map(\.destination))
            let calls = try Calls(source)
            let route = calls.client.route("/things/{id}")
            for number in 0..<5 {
                _ = try await calls.send(HTTPRequest(.get, "/things/\(number)"), on: route)
            }
            let odd = try #require(HTTPMethod("BREW"))
            _ = try await calls.failure(HTTPRequest(odd, "/pot"))
            let definition = StandardMetrics.httpClientRequestDuration
            #expect(definition.name == "http_client_request_duration_seconds")
            #expect(definition.labels == Self.labels)
            let series = calls.readings(definition.name).map { ($0.labels.values, count($0.value)) }
            let expected: [[String]: Int] = [
                ["GET", "/things/{id}", "", "http", "connection_failed", "echo"]: 5,
                ["GET", "/things/{id}", "503", "http", "503", "echo"]: 5,
                ["GET", "/things/{id}", "200", "http", "", "echo"]: 5,
                ["_OTHER", "", "", "http", "connection_failed", "echo"]: 1,
            ]
            #expect(Dictionary(series) { $0 + $1 } == expected)
            #expect(calls.readings("resilience_retries_total").map(\.value) == [.number(10)])
        }
    }

    private func count(_ value: MetricValue) -> Int {
        guard case .histogram(let histogram) = value else { return 0 }
        return Int(histogram.counts.reduce(0, +))
    }

    @Test(
        "a callee's mark keeps the trace here; from outside it is not believed",
        arguments: [CallHeaders.internal, .trace]
    )
    func keepMark(_ headers: CallHeaders) async throws {
        try await Peer.run { _, _ in
            var response = HTTPResponse.text(.ok)
            KeepMark.set(in: &response.head.fields)
            return response
        } _: { peers in
            let kept = InMemorySpanSink()
            let tracer = Tracer(sampler: Sampler(ratio: 0), keeper: TailKeeper(), sink: kept)
            var settings = CallFixture.eager
            settings.headers = headers
            let calls = try Calls(
                OrderedInstances([peers[0].destination]),
                settings: settings,
                tracer: tracer
            )
            let above = tracer.start("above", .server, remoteParent: nil)
            _ = try await calls.send { $0.span = above }
            above.end()
            #expect(kept.spans.map(\.name) == (headers == .internal ? ["GET", "above"] : []))
        }
    }

    @Test("clients of one process share the metrics; who is gone is no longer shown")
    func shared() async throws {
        let registry = MetricRegistry(loops: try CallFixture.loops.loops)
        let telemetry = try OutgoingTelemetry(in: registry)
        let source = BalancedInstances([HTTPDestination(host: "a.internal", port: 80)])
        do {
            let first = try Calls(source, registry: registry, telemetry: telemetry)
            let second = try Calls(OrderedInstances([]), registry: registry, telemetry: telemetry)
            let readings = first.readings("resilience_breaker_state")
            #expect(readings.map(\.labels.values) == [["echo/a.internal:80"]])
            #expect(readings.map(\.value) == [.number(0)])
            _ = second
        }
        #expect(registry.snapshot().first { $0.name == "resilience_breaker_state" }?.series.isEmpty == true)
        #expect(throws: MetricError.self) { try OutgoingTelemetry(in: registry) }
    }
}
