import HTTP
import Reactor
import Testing

@testable import Telemetry

@Suite("tail keeping") struct TailKeepingTests {
    let sink = InMemorySpanSink()

    func tracer(_ keeper: TailKeeper) -> Tracer {
        Tracer(sampler: Sampler(ratio: 0), keeper: keeper, sink: sink)
    }

    @Test("a trace without error goes, one with an error stays whole")
    func errors() {
        let keeper = TailKeeper()
        let tracer = tracer(keeper)
        for status: HTTPStatus in [200, 500] {
            let root = tracer.start("GET /a", remoteParent: nil, at: .seconds(1))
            tracer.start("child", parent: root, at: .seconds(1)).end(at: .seconds(1.001))
            #expect(keeper.counters.waitingSpans == 1)
            root.setStatus(.server(status))
            root.end(at: .seconds(1.002))
        }
        #expect(sink.spans.map(\.name) == ["child", "GET /a"])
        #expect(Set(sink.spans.map(\.context.traceID)).count == 1)
        #expect(keeper.counters.keptTraces == 1 && keeper.counters.waitingSpans == 0)
    }

    @Test("settled before the answer goes out: the mark is set, and calls that follow go out as sampled")
    func settled() {
        let tracer = tracer(TailKeeper())
        let root = tracer.start("GET /a", remoteParent: nil, at: .seconds(1))
        #expect(!root.propagated.isSampled)
        root.setStatus(.server(503))
        #expect(root.settle(at: .seconds(1.1)))
        #expect(root.settle(at: .seconds(1.1)))
        #expect(root.propagated.isSampled)
        let late = tracer.start("late", .client, parent: root, at: .seconds(1.1))
        #expect(late.propagated.isSampled)
        root.end(at: .seconds(1.2))
        late.end(at: .seconds(1.3))
        #expect(sink.spans.map(\.name) == ["GET /a", "late"])
    }

    @Test("a mark from downstream keeps the trace, also without budget, and is passed on upstream")
    func marked() {
        var settings = TailSettings()
        settings.tracesPerSecond = 0
        let tracer = tracer(TailKeeper(settings: settings))
        let root = tracer.start("GET /a", remoteParent: nil, at: .seconds(1))
        let call = tracer.start("GET", .client, parent: root, at: .seconds(1))
        var fields = HTTPFields()
        KeepMark.set(in: &fields)
        KeepMark.set(in: &fields)
        #expect(fields == ["x-trace-keep": "1"] && KeepMark.isSet(in: fields))
        #expect(!KeepMark.isSet(in: ["x-trace-keep": "0"]) && !KeepMark.isSet(in: [:]))
        call.keep()
        call.end(at: .seconds(1.1))
        #expect(root.settle(at: .seconds(1.2)))
        root.end(at: .seconds(1.2))
        #expect(sink.spans.map(\.name) == ["GET", "GET /a"])
    }

    @Test("a trace that is sampled anyway needs no mark")
    func sampled() {
        let tracer = tracer(TailKeeper())
        let root = tracer.start("GET /a", remoteParent: .example)
        root.setStatus(.server(500))
        #expect(!root.settle())
        root.end()
        #expect(sink.spans.count == 1)
    }

    @Test("spans that wait are bounded by trace and in all; what is over is counted")
    func bounds() {
        var settings = TailSettings()
        (settings.spansPerTrace, settings.spans) = (10, 15)
        let keeper = TailKeeper(settings: settings)
        let tracer = tracer(keeper)
        let roots = (0..<2).map { _ in tracer.start("r", remoteParent: nil, at: .seconds(1)) }
        for root in roots {
            for _ in 0..<20 { tracer.start("c", parent: root, at: .seconds(1)).end(at: .seconds(1)) }
        }
        #expect(keeper.counters.waitingSpans == 15 && keeper.counters.droppedSpans == 25)
        for root in roots { root.end(at: .seconds(1)) }
        #expect(keeper.counters.waitingSpans == 0 && sink.spans.isEmpty)
    }

    @Test("a trace that lasts longer than 10 s counts as slow with its next span")
    func old() {
        let tracer = tracer(TailKeeper())
        let root = tracer.start("r", remoteParent: nil, at: .seconds(1))
        tracer.start("c", parent: root, at: .seconds(2)).end(at: .seconds(11))
        #expect(sink.spans.map(\.name) == ["c"])
        root.end(at: .seconds(12))
        #expect(sink.spans.count == 2)
    }

    @Test("a root that nobody ended lets go of what waited for it, and of itself")
    func abandoned() {
        let keeper = TailKeeper()
        weak var trace: LocalTrace?
        do {
            let tracer = tracer(keeper)
            let root = tracer.start("r", remoteParent: nil, at: .seconds(1))
            trace = root.recording?.trace
            tracer.start("c", parent: root, at: .seconds(1)).end(at: .seconds(1))
            withExtendedLifetime(root) { #expect(keeper.counters.waitingSpans == 1 && trace != nil) }
        }
        #expect(keeper.counters.waitingSpans == 0 && trace == nil && sink.spans.isEmpty)
    }

    @Test("spans that end behind their root follow its decision")
    func late() {
        let tracer = tracer(TailKeeper())
        for isError in [false, true] {
            let root = tracer.start("r", remoteParent: nil, at: .seconds(1))
            let child = tracer.start("c\(isError)", parent: root, at: .seconds(1))
            if isError { root.setStatus(.error("")) }
            root.end(at: .seconds(1.1))
            child.end(at: .seconds(1.2))
        }
        #expect(sink.spans.map(\.name) == ["r", "ctrue"])
    }
}
