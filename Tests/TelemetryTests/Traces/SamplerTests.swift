import Testing

@testable import Telemetry

@Suite("sampling") struct SamplerTests {
    @Test("a ratio takes its share of traces", arguments: [0, 0.001, 0.1, 0.5, 0.9, 1])
    func share(ratio: Double) {
        let sampler = Sampler(ratio: ratio)
        let taken = (0..<100_000).count { _ in sampler.isSampled(.random()) }
        #expect(abs(Double(taken) / 100_000 - ratio) < 0.008)
    }

    @Test("the decision depends on the id alone, and a larger ratio takes what a smaller one does")
    func consistent() {
        for _ in 0..<10_000 {
            let trace = TraceID.random()
            let decisions = [0, 0.01, 0.3, 0.7, 1].map { Sampler(ratio: $0).isSampled(trace) }
            #expect(decisions == decisions.sorted { !$0 && $1 })
        }
    }

    /// OpenTelemetry Go's `TraceIDRatioBased`: the last eight bytes, shifted right by one, below ratio · 2⁶³.
    @Test("the bound is OpenTelemetry's")
    func bound() {
        let half = Sampler(ratio: 0.5)
        #expect(half.isSampled(TraceID(value: 0xffff_ffff_ffff_ffff_7fff_ffff_ffff_ffff)))
        #expect(!half.isSampled(TraceID(value: 0x8000_0000_0000_0000)))
        #expect(Sampler(ratio: 1).isSampled(TraceID(value: UInt128.max)))
        #expect(!Sampler(ratio: 0).isSampled(TraceID(value: 1 << 64)))
    }

    @Test(
        "TRACE_RATIO is a number from 0 to 1",
        arguments: [
            ("0.25", 0.25, 0), ("0", 0, 0), ("1", 1, 0), ("2", 1, 1), ("-1", 1, 1), ("x", 1, 1),
            ("nan", 1, 1),
        ]
    )
    func environment(text: String, ratio: Double, problemCount: Int) {
        var problems: [String] = []
        #expect(Sampler(environment: ["TRACE_RATIO": text], problems: &problems).ratio == ratio)
        #expect(problems.count == problemCount && problems.allSatisfy { $0.contains("TRACE_RATIO") })
    }
}
