import Reactor
import TestSupport
import Testing

@testable import Telemetry

@Suite("histograms") struct HistogramTests {
    private func histogram(_ bounds: [Double]) throws -> Histogram {
        let definition = MetricDefinition<Histogram>(
            "a_seconds",
            help: "a",
            unit: .seconds,
            bounds: HistogramBounds(bounds)
        )
        return try MetricsFixture.registry().declare(definition).with()
    }

    @Test("a bound belongs to its bucket")
    func bounds() throws {
        let histogram = try histogram([0.1, 1])
        for value in [0, 0.1, 0.1.nextUp, 1, 1.nextUp, 1e300] { histogram.record(value) }
        #expect(histogram.value.counts == [2, 2, 2])
        #expect(histogram.value.count == 6)
    }

    @Test(
        "what is no finite number from 0 on is not recorded",
        arguments: [-0.1, .nan, .infinity, -.infinity]
    )
    func refused(value: Double) throws {
        let histogram = try histogram([1])
        histogram.record(value)
        histogram.record(0.5)
        #expect(histogram.value.counts == [1, 0])
        #expect(histogram.value.sum == 0.5)
    }

    @Test("buckets, count and sum are those of a naive model")
    func model() throws {
        let seed = UInt64.random(in: 0...(.max))
        var random = SplitMix(seed: seed)
        for _ in 0..<100 {
            let bounds = Set(
                (0..<Int.random(in: 1...20, using: &random)).map { _ in
                    Double.random(in: 0...10, using: &random)
                }
            ).sorted()
            let histogram = try histogram(bounds)
            // Now and then a bound itself.
            let values = (0..<200).map { _ in
                Bool.random(using: &random)
                    ? Double.random(in: 0...12, using: &random) : bounds.randomElement(using: &random) ?? 0
            }
            for value in values { histogram.record(value) }
            let expected = (bounds + [.infinity]).enumerated().map { index, bound in
                let lower = index == 0 ? -1 : bounds[index - 1]
                return UInt64(values.filter { $0 > lower && $0 <= bound }.count)
            }
            #expect(histogram.value.counts == expected, "seed \(seed)")
            #expect(histogram.value.sum == values.reduce(0, +), "seed \(seed)")
        }
    }

    @Test("a bucket shows its last exemplar, whichever thread it came from")
    func exemplars() async throws {
        let histogram = try histogram([1])
        let record: @Sendable (Int64, UInt128, Double) -> Void = { time, id, value in
            let exemplar = Exemplar(traceID: id, time: MonotonicInstant(nanoseconds: time))
            histogram.record(value, exemplar: exemplar)
        }
        let loop = try MetricsFixture.group.loops[0]
        await withCheckedContinuation { done in
            loop.execute {
                record(20, 7, 0.5)
                done.resume()
            }
        }
        record(10, 8, 0.25)
        record(30, 9, 2)
        histogram.record(0.75)
        let shown = histogram.value.exemplars
        #expect(shown.map(\.?.exemplar.traceID) == [7, 9])
        #expect(shown.map(\.?.value) == [0.5, 2])
    }
}
