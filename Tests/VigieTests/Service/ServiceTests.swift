import Foundation
import Testing
import Vigie
import VigieTesting

@Suite("what a service has without a line of its own", .timeLimit(.minutes(1))) struct ServiceTests {
    @Test("a request is answered, measured, traced and logged, under one id")
    func observed() async throws {
        try await TestService.run(Sample.self, settings: ["sample.greeting": "good day"]) { sample in
            let answer = try await sample.send(.get, "/hello", fields: ["x-request-id": "r-1"])
            #expect(answer.status == 200 && answer.text == "good day")
            #expect(answer.fields["x-request-id"] == "r-1")
            try await eventually { sample.span(named: "GET /hello") != nil }
            let labels = ["http_route": "/hello", "http_response_status_code": "200", "error_type": ""]
            #expect(sample.metric("http_server_request_duration_seconds", labels) == 1)
            let span = try #require(sample.span(named: "GET /hello"))
            let line = try #require(sample.logLines("\"msg\":\"request\"", "\"request_id\":\"r-1\"").first)
            #expect(line.contains("\"trace_id\":\"\(span.context.traceID)\""))
        }
    }

    @Test("a mishap is 500 without its text; the log has it, with the trace that the client was told")
    func mishap() async throws {
        try await TestService.run(Sample.self) { sample in
            let answer = try await sample.get("/mishap")
            let problem = try answer.json
            #expect(answer.status == 500 && !answer.text.contains("text of a mishap"))
            #expect(answer.fields["content-type"] == "application/problem+json")
            let trace = try #require(problem["traceId"]?.string)
            #expect(sample.logLines("handler failed", trace, "text of a mishap").count == 1)
            try await eventually { sample.span(named: "GET /mishap") != nil }
            let span = try #require(sample.span(named: "GET /mishap"))
            #expect(span.status.isError && "\(span.context.traceID)" == trace)
        }
    }

    @Test("probes and scrapes are neither traced nor logged; the scrape names who tells it")
    func quiet() async throws {
        try await TestService.run(Sample.self) { sample in
            for path in ["/health", "/health/live", "/health/ready", "/metrics"] {
                #expect(try await sample.get(path).status == 200, "\(path)")
            }
            let scrape = try await sample.get("/metrics")
            #expect(scrape.text.contains(#"target_info{service_name="sample""#))
            #expect(scrape.text.contains("process_resident_memory_bytes "))
            #expect(scrape.text.contains("event_loop_lag_seconds_bucket"))
            #expect(sample.spans.spans.isEmpty && sample.logLines("\"msg\":\"request\"").isEmpty)
        }
    }

    @Test("the routes are described, the quiet ones left out")
    func openAPI() async throws {
        try await TestService.run(Sample.self) { sample in
            let document = try await sample.get("/openapi.json").json
            #expect(document["info"]?["version"]?.string == "1.2.3")
            #expect(document["paths"]?["/things"]?["post"] != nil)
            #expect(document["paths"]?["/health"] == nil)
        }
    }

    @Test("the caller's deadline bounds the request's, and ends it when it is over")
    func deadline() async throws {
        try await TestService.run(Sample.self, settings: ["server.request-timeout": "40s"]) { sample in
            #expect(try await sample.get("/remaining").text == "39")
            let shorter: HTTPFields = ["x-request-deadline-ms": "20500"]
            #expect(try await sample.send(.get, "/remaining", fields: shorter).text == "20")
            for ignored in ["99999999", "-1", "soon"] {
                let fields: HTTPFields = ["x-request-deadline-ms": ignored]
                #expect(try await sample.send(.get, "/remaining", fields: fields).text == "39", "\(ignored)")
            }
            let slow = try await sample.send(.get, "/slow", fields: ["x-request-deadline-ms": "10"])
            #expect(slow.status == 503 && slow.fields["retry-after"] != nil)
            try await eventually { sample.span(named: "GET /slow") != nil }
            #expect(sample.span(named: "GET /slow")?.attributes[.errorType] == "timeout")
        }
    }

    @Test("a start that fails says why, and what was begun is ended")
    func failsToStart() async throws {
        await #expect(throws: StartError("told to fail")) {
            try await TestService.run(Sample.self, settings: ["sample.fails": "true"]) { _ in }
        }
        await #expect(throws: ConfigurationError.self) {
            try await TestService.run(Sample.self, settings: ["sample.greating": "hi"]) { _ in }
        }
    }

    @Test("without somebody to believe, a route that is not open stops the start, and says so")
    func nobodyToBelieve() async throws {
        struct Open: Service {
            static let name: ServiceName = "open"
            init(_ setup: ServiceSetup) async throws {}
            var routes: some Routes { Get("/closed") { _ in "secret" } }
        }
        try await TestService.run(Open.self) { service in
            let answer = try await service.get("/closed")
            #expect(answer.status == 401)
        }
        let error = await #expect(throws: ConfigurationError.self) {
            try await TestService.run(Open.self, settings: ["auth.audience": "x"]) { _ in }
        }
        #expect(error?.description.contains("auth.issuer must be set") == true)
    }
}

/// Waits until something that happens on a loop has happened.
func eventually(_ condition: () -> Bool) async throws {
    let end = MonotonicInstant.now + .seconds(20)
    while !condition(), .now < end { await Task.yield() }
    try #require(condition())
}
