import Foundation
import HTTP
import Reactor
import Testing

@testable import Telemetry

@Suite("what a server tells of its requests", .timeLimit(.minutes(1))) struct HTTPServerTelemetryTests {
    private struct Mishap: Error {}

    private static let labels = #"http_request_method="GET",http_route="/notes/{id}","#

    @Test("a request is a span below its caller's, a measurement and a line, all of one trace")
    func one() async throws {
        let observed = try await ObservedServer.run(tellsTrace: true) { request in
            Context.current.record?.setSubject("anna")
            return HTTPResponse(.created, body: HTTPBody("\(Context.current.requestID?.description ?? "")"))
        } _: { server in
            var fields: HTTPFields = ["x-request-id": "r1", "user-agent": "test"]
            Propagation.inject(.example, into: &fields)
            let response = try await server.send(HTTPRequest(.get, "/notes/7?secret=1", fields: fields))
            #expect(response.head.fields["x-request-id"] == "r1")
            #expect(
                response.head.fields["traceresponse"]?.hasPrefix("00-4bf92f3577b34da6a3ce929d0e0e4736-")
                    == true
            )
        }
        let span = try #require(observed.spans.spans.first)
        #expect(span.name == "GET /notes/{id}" && span.kind == .server && span.status == .unset)
        #expect(span.parent == SpanContext.example.spanID && span.isParentRemote)
        #expect(
            span.attributes == [
                .httpRequestMethod: "GET", .urlScheme: "http", .httpRoute: "/notes/{id}",
                .urlPath: "/notes/7",
                .clientAddress: "127.0.0.1", .userAgentOriginal: "test", .httpResponseStatusCode: 201,
            ]
        )
        #expect(
            observed.durations == [
                Self.labels + #"http_response_status_code="201",url_scheme="http",error_type="""#
            ]
        )
        let line = try object(#require(observed.accessLines.first))
        #expect(line["trace_id"] as? String == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(line["span_id"] as? String == "\(span.context.spanID)")
        #expect(line["route"] as? String == "/notes/{id}" && line["bytes_out"] as? Int == 2)
        #expect(line["subject"] as? String == "anna" && line["request_id"] as? String == "r1")
        #expect(
            observed.series("http_server_active_requests{http_request_method=\"GET\"").allSatisfy {
                $0.hasSuffix(" 0")
            }
        )
    }

    @Test(
        "however it ends, it is measured once",
        arguments: [
            ("problem", 404, "404", "", SpanStatus.unset), ("mishap", 500, "500", "500", .error("")),
            ("slow", 503, "503", "timeout", .error("")), ("stream", 200, "200", "content_failed", .error("")),
        ]
    )
    func endings(
        path: String,
        answered: Int,
        status: String,
        error: String,
        spanStatus: SpanStatus
    ) async throws {
        let observed = try await ObservedServer.run {
            $0.requestTimeout = .milliseconds(50)
        } answer: { request in
            switch request.head.path {
            case "/problem": throw ProblemDetails(.notFound)
            case "/mishap": throw Mishap()
            case "/slow":
                try await EventLoop.current?.sleep(for: .seconds(20))
                return HTTPResponse(.ok)
            default:
                let pieces = AsyncThrowingStream<[UInt8], any Error> { $0.finish(throwing: Mishap()) }
                return HTTPResponse(.ok, body: HTTPBody(pieces))
            }
        } _: { server in
            do {
                let response = try await server.send(HTTPRequest(.get, "/\(path)"))
                #expect(response.head.status.code == answered)
            } catch {
                #expect(path == "stream", "\(error)")
            }
        }
        let outcome = #"http_response_status_code="\#(status)",url_scheme="http",error_type="\#(error)""#
        #expect(observed.durations == [Self.labels + outcome])
        let span = try #require(observed.spans.spans.first)
        #expect(observed.spans.spans.count == 1 && observed.accessLines.count == 1)
        #expect(span.status.isError == spanStatus.isError)
        if !error.isEmpty { #expect(span.attributes[.errorType] == .string(error)) }
        #expect(observed.log.lines.contains { $0.contains("handler failed") } == (path == "mishap"))
    }

    @Test("a client that leaves is told apart from a failure")
    func left() async throws {
        let begun = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingOldest(1))
        let observed = try await ObservedServer.run { _ in
            begun.continuation.yield()
            try? await EventLoop.current?.sleep(for: .seconds(20))
            return HTTPResponse(.ok)
        } _: { server in
            let call = Task { try? await server.send(HTTPRequest(.get, "/notes/1")) }
            for await _ in begun.stream { break }
            call.cancel()
            _ = await call.value
        }
        #expect(observed.durations.first?.hasSuffix(#"error_type="client_disconnected""#) == true)
        #expect(observed.spans.spans.first?.status == .unset)
    }

    @Test("labels come from closed lists: methods, routes, never paths")
    func bounded() async throws {
        let routes = [HTTPRouteName(.get, "/a"), HTTPRouteName(.post, "/a")]
        let route = { @Sendable (request: HTTPRequest) -> Int? in
            guard request.head.path == "/a" else { return nil }
            return request.head.method == .post ? 1 : 0
        }
        let observed = try await ObservedServer.run(routes: routes, route: route) { _ in
            HTTPResponse(.ok)
        } _: { server in
            for method in [HTTPMethod.get, .head, .post] { try await server.send(HTTPRequest(method, "/a")) }
            let brew = try #require(HTTPMethod("BREW"))
            for number in 0..<2000 { try await server.send(HTTPRequest(brew, "/\(number)")) }
        }
        let seen = observed.durations.map { $0.split(separator: ",").prefix(2).joined(separator: " ") }
        #expect(
            Set(seen) == [
                #"http_request_method="GET" http_route="/a""#, #"http_request_method="HEAD" http_route="/a""#,
                #"http_request_method="POST" http_route="/a""#,
                #"http_request_method="_OTHER" http_route="""#,
            ]
        )
        // The name of a span says "HTTP" there (semantic conventions, "HTTP spans", name).
        #expect(Set(observed.spans.spans.map(\.name)) == ["GET /a", "HEAD /a", "POST /a", "HTTP"])
    }

    @Test("a quiet route is measured, and neither traced nor logged")
    func quiet() async throws {
        let routes = [HTTPRouteName(.get, "/health", isQuiet: true)]
        let observed = try await ObservedServer.run(routes: routes) { _ in
            HTTPResponse(.ok)
        } _: { server in
            try await server.send(HTTPRequest(.get, "/health"))
        }
        #expect(observed.durations.count == 1)
        #expect(observed.spans.spans.isEmpty && observed.accessLines.isEmpty)
    }

    @Test("a message that breaks the protocol is counted by its reason")
    func refused() async throws {
        let observed = try await ObservedServer.run {
            $0.limits.fieldCount = 3
        } answer: { _ in
            HTTPResponse(.ok)
        } _: { server in
            let fields: HTTPFields = ["a": "1", "b": "2", "c": "3", "d": "4"]
            let response = try await server.send(HTTPRequest(.get, "/", fields: fields))
            #expect(response.head.status == 431)
        }
        #expect(
            observed.series("http_server_refusals_total") == [
                #"http_server_refusals_total{reason="fields_too_many"} 1"#
            ]
        )
        #expect(observed.spans.spans.isEmpty)
    }

    @Test("an error of an unsampled trace is kept, and the caller is told")
    func kept() async throws {
        let observed = try await ObservedServer.run(keeper: TailKeeper(), sampler: Sampler(ratio: 0)) {
            request in
            if request.head.path == "/bad" { throw Mishap() }
            return HTTPResponse(.ok)
        } _: { server in
            let good = try await server.send(HTTPRequest(.get, "/good"))
            let bad = try await server.send(HTTPRequest(.get, "/bad"))
            #expect(!KeepMark.isSet(in: good.head.fields) && KeepMark.isSet(in: bad.head.fields))
        }
        #expect(observed.spans.spans.map { $0.attributes[.urlPath] } == ["/bad"])
        let exemplars = MetricsFixture.text(observed.registry, .openMetrics).split(separator: "\n").filter {
            $0.contains("# {trace_id=")
        }
        #expect(exemplars.count == 1)
    }
}
