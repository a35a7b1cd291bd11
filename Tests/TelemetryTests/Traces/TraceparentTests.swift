import HTTP
import TestSupport
import Testing

@testable import Telemetry

@Suite("traceparent") struct TraceparentTests {
    static let ids = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"

    /// What W3C's harness and hostile-input.md send: each begins a new trace.
    static let invalid: [String] = [
        "",
        "00",
        "00-\(ids)",
        "00-\(ids)-",
        "00-\(ids)-1",
        "00-\(ids)-011",
        "00-\(ids)-01-",
        "00-\(ids)-01.",
        "00-\(ids)-01-what-the-future-will-be-like",
        "ff-\(ids)-01",
        "FF-\(ids)-01",
        ".0-\(ids)-01",
        "0.-\(ids)-01",
        "0-\(ids)-01",
        "000-\(ids)-01",
        "cc-\(ids)-01.what-the-future-will-be-like",
        "cc-\(ids)-01what",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
        "00-.bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473.-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-.0f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b.-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-.0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0.",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0A",
        "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e47361-00f067aa0ba902b7-01",
        "00-\(ids)-01,00-\(ids)-01",
        "é0-\(ids)-01",
    ]

    @Test("an invalid value is refused", arguments: invalid)
    func refuses(text: String) {
        #expect(Traceparent.of(text) == nil)
    }

    static let valid: [(String, Bool)] = [
        ("00-\(ids)-01", true),
        ("00-\(ids)-00", false),
        // Unknown flags are ignored (§3.2.2.5.2).
        ("00-\(ids)-ff", true),
        ("00-\(ids)-02", false),
        // Later versions (§4.3).
        ("cc-\(ids)-01", true),
        ("cc-\(ids)-01-what-the-future-will-be-like", true),
        ("01-\(ids)-00-", false),
    ]

    @Test("a valid value gives its ids and whether it is sampled", arguments: valid)
    func reads(text: String, isSampled: Bool) throws {
        let context = try #require(Traceparent.of(text))
        #expect(context.traceID == SpanContext.example.traceID)
        #expect(context.spanID == SpanContext.example.spanID)
        #expect(context.isSampled == isSampled)
        #expect(context.isRemote)
    }

    @Test("what is written is version 00 with the one flag that is known")
    func writes() {
        let text = String(decoding: Traceparent.format(.example), as: UTF8.self)
        #expect(text == "00-\(Self.ids)-01")
    }

    @Test("what is written reads the same", arguments: [UInt64.random(in: 0...UInt64.max)])
    func roundTrip(seed: UInt64) {
        for _ in 0..<1000 {
            let context = SpanContext(
                traceID: .random(),
                spanID: .random(),
                isSampled: seed & 1 == 0,
                isRemote: true
            )
            #expect(Traceparent.parse(Traceparent.format(context).span) == context, "seed \(seed)")
        }
    }

    @Test("a changed byte gives another context or none, and never a trap", arguments: [UInt64(1), 2, 3])
    func mutations(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let good = Traceparent.format(.example)
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0...random.below(3) {
                bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            bytes.removeLast(random.below(4))
            guard let context = Traceparent.parse(bytes.span) else { continue }
            #expect(context.isValid, "seed \(seed)")
        }
    }

    @Test("white space around it counts for nothing; two fields or none begin a new trace (§3.2.1)")
    func fields() {
        let value = "00-\(Self.ids)-01"
        #expect(Propagation.extract(from: ["traceparent": value]) == .example)
        #expect(Propagation.extract(from: [:]) == nil)
        #expect(Propagation.extract(from: ["traceparent": value, "traceparent": value]) == nil)
        #expect(Propagation.extract(from: ["traceparent": value, "traceparent": "bad"]) == nil)
        #expect(Propagation.extract(from: ["traceparent": "bad", "traceparent": value]) == nil)
    }

    @Test("tracestate beside an invalid traceparent is not passed on (§3.3)")
    func stateAlone() {
        #expect(Propagation.extract(from: ["traceparent": "bad", "tracestate": "a=1"]) == nil)
        #expect(Propagation.extract(from: ["tracestate": "a=1"]) == nil)
    }

    @Test("injecting takes the place of what was there and keeps what a caller gave")
    func inject() throws {
        let state = "foo=1,bar=2"
        let incoming: HTTPFields = [
            "traceparent": "00-\(Self.ids)-01", "tracestate": state, "baggage": "k=v",
        ]
        let context = try #require(Propagation.extract(from: incoming))
        var outgoing: HTTPFields = ["traceparent": "old", "tracestate": "old=1", "accept": "*/*"]
        Propagation.inject(context, Propagation.extractBaggage(from: incoming), into: &outgoing)
        #expect(
            outgoing == [
                "accept": "*/*", "traceparent": "00-\(Self.ids)-01", "tracestate": state, "baggage": "k=v",
            ]
        )
        Propagation.inject(.none, into: &outgoing)
        #expect(outgoing == ["accept": "*/*"])
    }
}
