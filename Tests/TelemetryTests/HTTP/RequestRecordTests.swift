import HTTP
import Reactor
import Testing

@testable import Telemetry

@Suite("the record of a request", .timeLimit(.minutes(1))) struct RequestRecordTests {
    @Test("what a handler sets of the fields that each answer gets is replaced, not doubled")
    func replaces() async throws {
        _ = try await ObservedServer.run(tellsTrace: true) { _ in
            HTTPResponse(
                .ok,
                fields: ["x-request-id": "theirs", "traceresponse": "theirs", "x-trace-keep": "1", "a": "b"]
            )
        } _: { server in
            let response = try await server.send(HTTPRequest(.get, "/", fields: ["x-request-id": "ours"]))
            let fields = response.head.fields
            #expect(
                fields.values(of: RequestID.header).map { String(decoding: $0, as: UTF8.self) } == ["ours"]
            )
            #expect(
                fields.values(of: Propagation.traceresponse).count == 1 && fields["traceresponse"] != "theirs"
            )
            // What another service says of its part of the trace stays.
            #expect(fields.values(of: KeepMark.name).count == 1 && fields["a"] == "b")
        }
    }

    @Test(
        "what a handler sets of the span stands behind what each request's has, or in its place; limits count all"
    )
    func attributes() async throws {
        let observed = try await ObservedServer.run { _ in
            let span = Context.current.span
            span.set(.urlPath, "/changed")
            for index in 0..<130 { span.set(AttributeKey("n\(index)"), .int(index)) }
            return HTTPResponse(.ok)
        } _: { server in
            let long = String(repeating: "é", count: 3000)
            try await server.send(HTTPRequest(.get, "/raw", fields: ["user-agent": long]))
        }
        let span = try #require(observed.spans.spans.first)
        let list = span.attributes.list
        #expect(
            list.count == SpanLimits().attributes
                && span.content.droppedAttributes == 130 + 6 + 1 - list.count
        )
        #expect(list[3] == Attribute(.urlPath, "/changed") && list[7] == Attribute("n0", 0))
        #expect(span.attributes[.userAgentOriginal] == .string(String(repeating: "é", count: 2048)))
        let line = try object(#require(observed.accessLines.first))
        #expect((line["user_agent"] as? String)?.count == 3000)
    }

    @Test("a context that begins with a request is changed like any other")
    func context() async throws {
        _ = try await ObservedServer.run { request in
            let context = Context.current
            let changed = context.with(deadline: .now + .seconds(1)).with {
                $0.principal = Principal(subject: "anna")
            }
            #expect(changed.requestID == context.requestID && changed.record === context.record)
            #expect(changed.span.context == context.span.context && changed.baggage["a"] == "b")
            #expect(changed.principal?.subject == "anna" && context.principal == nil)
            #expect(changed.deadline != context.deadline && context.deadline == .distantFuture)
            return HTTPResponse(.ok)
        } _: { server in
            try await server.send(HTTPRequest(.get, "/", fields: ["baggage": "a=b"]))
        }
    }
}
