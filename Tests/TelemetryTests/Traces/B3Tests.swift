import HTTP
import TestSupport
import Testing

@testable import Telemetry

@Suite("B3") struct B3Tests {
    static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    static let span = "00f067aa0ba902b7"

    static let cases: [(HTTPFields, sampled: Bool?)] = [
        (["b3": "\(trace)-\(span)-1"], true),
        (["b3": "\(trace)-\(span)-d"], true),
        (["b3": "\(trace)-\(span)-0-\(span)"], false),
        (["b3": "\(trace)-\(span)-1-\(span)"], true),
        (["b3": "\(trace)-\(span)"], false),
        (["x-b3-traceid": trace, "x-b3-spanid": span, "x-b3-sampled": "1"], true),
        (["x-b3-traceid": trace, "x-b3-spanid": span, "x-b3-sampled": "true"], true),
        (["x-b3-traceid": trace, "x-b3-spanid": span, "x-b3-flags": "1"], true),
        (["x-b3-traceid": trace, "x-b3-spanid": span, "x-b3-sampled": "0"], false),
        (["b3": "0"], nil),
        (["b3": ""], nil),
        (["b3": "\(trace)"], nil),
        (["b3": "\(trace)-"], nil),
        (["b3": "\(trace.dropLast())-\(span)-1"], nil),
        (["x-b3-traceid": trace], nil),
        (["x-b3-spanid": span], nil),
    ]

    @Test("single and multiple headers are read where they are asked for", arguments: cases)
    func reads(fields: HTTPFields, sampled: Bool?) {
        let context = Propagation.extract(from: fields, format: .w3cOrB3)
        #expect(context?.isSampled == sampled)
        #expect(context == nil || context?.traceID == SpanContext.example.traceID)
        #expect(Propagation.extract(from: fields) == nil)
    }

    @Test("a trace id of 64 bits gets zeros in front, and traceparent wins")
    func short() {
        let fields: HTTPFields = ["b3": "\(Self.span)-\(Self.span)-1"]
        #expect(B3.extract(from: fields)?.traceID.value == 0x00f0_67aa_0ba9_02b7)
        var both = fields
        both.append("traceparent", "bad")
        #expect(Propagation.extract(from: both, format: .w3cOrB3) == nil)
    }

    @Test("random bytes never trap", arguments: [UInt64(3)])
    func random(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<20_000 { _ = B3.parse(random.bytes(upTo: 70, of: "0a1f-d").span) }
    }
}
