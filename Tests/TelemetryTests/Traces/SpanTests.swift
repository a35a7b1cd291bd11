import HTTP
import Reactor
import Testing

@testable import Telemetry

@Suite("spans") struct SpanTests {
    let sink = InMemorySpanSink()
    var tracer: Tracer { Tracer(sink: sink) }

    @Test("a span keeps what was set until it ended, and nothing after")
    func records() throws {
        let span = tracer.start("GET /notes", remoteParent: .example, attributes: ["a": 1], at: .seconds(1))
        span.set("a", 2)
        span.set([.httpRoute: "/notes", "b": true])
        span.addEvent("cache.miss", ["key": "x"], at: .seconds(1.5))
        span.addLink(.example)
        span.rename("GET /notes/{id}")
        span.setStatus(.server(500))
        span.end(at: .seconds(2))
        span.set("late", 1)
        span.end(at: .seconds(9))
        let data = try #require(sink.spans.first)
        #expect(sink.spans.count == 1)
        #expect(data.name == "GET /notes/{id}" && data.kind == .server && data.status == .error(""))
        #expect(data.attributes == ["a": 2, .httpRoute: "/notes", "b": true])
        #expect(data.events.map(\.name) == ["cache.miss"] && data.links.count == 1)
        #expect(data.duration == .seconds(1))
        #expect(data.context.traceID == SpanContext.example.traceID)
        #expect(data.parent == SpanContext.example.spanID && data.isParentRemote)
    }

    @Test("children are of their parent's trace and know it")
    func children() async throws {
        let tracer = tracer
        let root = tracer.start("root", remoteParent: nil)
        let context = Context().with {
            $0.span = root
            $0.tracer = tracer
        }
        await Context.with(context) {
            await withSpan("child") { child in
                #expect(Context.current.span.context == child.context)
                await withSpan("grandchild", .client) { _ in }
            }
        }
        root.end()
        let spans = sink.spans
        try #require(spans.map(\.name) == ["grandchild", "child", "root"])
        #expect(spans[0].parent == spans[1].context.spanID && spans[1].parent == spans[2].context.spanID)
        #expect(spans[2].parent == nil && Set(spans.map(\.context.traceID)).count == 1)
        #expect(!spans[0].isParentRemote)
    }

    @Test("what is over a limit is counted, and texts are cut where a character begins")
    func limits() throws {
        let span = tracer.start("x", remoteParent: nil)
        for index in 0..<200 {
            span.set(AttributeKey("k\(index)"), .int(index))
            span.addEvent("e", Attributes((0..<130).map { Attribute(AttributeKey("\($0)"), 1) }))
            span.addLink(.example)
        }
        span.set("k0", .string(String(repeating: "é", count: 2049) + "z"))
        span.end()
        let data = try #require(sink.spans.first)
        #expect(data.attributes.count == 128 && data.content.droppedAttributes == 72)
        #expect(data.events.count == 128 && data.content.droppedEvents == 72)
        #expect(data.links.count == 128 && data.content.droppedLinks == 72)
        #expect(data.events[0].attributes.count == 128 && data.events[0].droppedAttributes == 2)
        #expect(data.attributes["k0"] == .string(String(repeating: "é", count: 2048)))
    }

    @Test("a span that isn't sampled records nothing, makes nothing, and passes its ids on")
    func unsampled() {
        let tracer = Tracer(sampler: Sampler(ratio: 0), sink: sink)
        let root = tracer.start("x", remoteParent: nil)
        let child = tracer.start("y", parent: root)
        #expect(!root.isRecording && !child.isRecording)
        #expect(child.context.traceID == root.context.traceID && child.context.spanID != root.context.spanID)
        #expect(!child.propagated.isSampled && child.propagated.isValid)
        child.set("a", expensive())
        root.end()
        #expect(sink.spans.isEmpty)
        let called = tracer.start("z", remoteParent: .example)
        #expect(called.isRecording && called.context.isSampled)
    }

    private func expensive() -> AttributeValue { 1 }

    @Test("the disabled tracer keeps a caller's trace and decision")
    func disabled() throws {
        let state = TraceState("foo=1".utf8.span)
        var caller = SpanContext.example
        caller.traceState = state
        let span = Tracer.disabled.start("x", remoteParent: caller)
        #expect(
            span.context.isSampled && span.context.traceID == caller.traceID
                && span.context.traceState == state
        )
        #expect(span.context.spanID != caller.spanID && !span.context.isRemote)
    }

    @Test(
        "a status of HTTP is an error from 500 on for a server and from 400 on for a client",
        arguments: [
            (200, false, false), (302, false, false), (404, false, true), (499, false, true),
            (500, true, true),
        ]
    )
    func statuses(code: UInt16, server: Bool, client: Bool) throws {
        let status = try #require(HTTPStatus(code: Int(code)))
        #expect(SpanStatus.server(status).isError == server)
        #expect(SpanStatus.client(status).isError == client)
    }

    @Test("ok stays, unset changes nothing, an error follows an error")
    func statusOrder() {
        #expect(SpanStatus.ok.followed(by: .error("x")) == .ok)
        #expect(SpanStatus.error("x").followed(by: .unset) == .error("x"))
        #expect(SpanStatus.error("x").followed(by: .error("y")) == .error("y"))
        #expect(SpanStatus.error("x").followed(by: .ok) == .ok)
    }

    @Test("a thrown error is noted without its secrets; a cancelled task is none")
    func errors() async throws {
        struct Broken: Error, CustomStringConvertible { let description = "password=hunter2 is wrong" }
        let tracer = tracer
        await #expect(throws: Broken.self) { try await tracer.withSpan("x") { _ in throw Broken() } }
        await #expect(throws: CancellationError.self) {
            try await tracer.withSpan("y") { _ in throw CancellationError() }
        }
        let spans = sink.spans
        #expect(spans[0].status == .error("password=*** is wrong"))
        #expect(spans[0].events.first?.name == "exception")
        #expect(spans[1].status == .unset && spans[1].events.isEmpty)
    }

    @Test("ids are never zero and don't repeat, on any thread")
    func ids() async {
        let ids = await withTaskGroup(of: [SpanID].self) { group in
            for _ in 0..<8 { group.addTask { (0..<5000).map { _ in .random() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(ids).count == 40_000 && !ids.contains(.none))
    }
}
