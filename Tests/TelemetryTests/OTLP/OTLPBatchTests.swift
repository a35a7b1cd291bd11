import Foundation
import HTTP
import Reactor
import TestSupport
import Testing

@testable import Telemetry

@Suite("OTLP") struct OTLPBatchTests {
    static let resource = OTLPResource([.serviceName: "notes", .serviceInstanceID: "notes-a-1"])
    static let clock = WallClock(nanoseconds: 1_795_262_400_000_000_000, at: .seconds(0))

    /// Spans that have something in every field.
    static func spans() -> [EndedSpan] {
        let sink = InMemorySpanSink()
        var limits = SpanLimits()
        limits.attributes = 12
        let tracer = Tracer(limits: limits, sink: sink)
        var caller = SpanContext.example
        caller.traceState = TraceState("foo=1,bar=2".utf8.span)
        let span = tracer.start("GET /notes/{id}", remoteParent: caller, at: .seconds(1))
        span.set([
            .httpRoute: "/notes/{id}", .httpResponseStatusCode: 503, "negative": -1, "big": .int(.max),
            "ratio": 0.25, "zero": 0, "no": false, "yes": true, "empty": "", "texts": .strings(["a", "é"]),
            "numbers": .ints([1, -2]), "password": "hunter2", "over": 1,
        ])
        span.addEvent("retry", ["n": .doubles([1.5]), "b": .bools([true, false])], at: .seconds(1.5))
        span.addLink(.example, ["why": "batch"])
        span.setStatus(.error("token=hunter2 \"quoted\" \u{1}"))
        let child = tracer.start("SELECT notes", .client, parent: span, at: .seconds(1.1))
        child.setStatus(.ok)
        child.end(at: .seconds(1.2))
        span.end(at: .seconds(2))
        return sink.ended
    }

    /// What carries spans.
    static func request(_ encoding: OTLPSettings.Encoding, _ spans: [EndedSpan] = spans()) -> [UInt8] {
        let encoder = OTLPEncoder(resource: resource, encoding: encoding)
        var batch = SpanBatch()
        // In two pieces, as of two loops.
        for part in [spans.prefix(1), spans.dropFirst()] {
            var bytes: [UInt8] = []
            for span in part { encoder.append(span, clock, to: &bytes) }
            batch.pieces.append(bytes)
            batch.count += part.count
        }
        return encoder.request(of: batch)
    }

    @Test("JSON is as OTLP says: hex ids, camel case, enums as numbers, 64-bit numbers as text")
    func json() throws {
        let text = String(decoding: Self.request(.json), as: UTF8.self)
        #expect(!text.contains("hunter2"))
        let resources = try #require(try object(text)["resourceSpans"] as? [[String: Any]])
        let scopes = try #require(resources.first?["scopeSpans"] as? [[String: Any]])
        let spans = try #require(scopes.first?["spans"] as? [[String: Any]])
        let (child, span) = (spans[0], spans[1])
        #expect(span["traceId"] as? String == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(
            span["parentSpanId"] as? String == "00f067aa0ba902b7"
                && span["traceState"] as? String == "foo=1,bar=2"
        )
        #expect(span["kind"] as? Int == 2 && child["kind"] as? Int == 3)
        #expect(span["startTimeUnixNano"] as? String == "1795262401000000000")
        #expect(child["parentSpanId"] as? String == span["spanId"] as? String)
        #expect(span["flags"] as? Int == 0x301 && child["flags"] as? Int == 0x101)
        #expect(span["droppedAttributesCount"] as? Int == 1)
        #expect((span["status"] as? [String: Any])?["code"] as? Int == 2)
        let attributes = try #require(span["attributes"] as? [[String: Any]])
        let values = Dictionary(
            uniqueKeysWithValues: attributes.map {
                ($0["key"] as? String ?? "", $0["value"] as? [String: Any] ?? [:])
            }
        )
        #expect(values["big"]?["intValue"] as? String == "9223372036854775807")
        #expect(values["password"]?["stringValue"] as? String == "***")
        #expect(
            values["no"]?["boolValue"] as? Bool == false && values["ratio"]?["doubleValue"] as? Double == 0.25
        )
    }

    /// What OpenTelemetry's classes read, as JSON.
    static func decode(_ bytes: [UInt8], _ form: String) async throws -> NSDictionary {
        let answer = try await Program.ask(Program.script("decode_otlp.py"), [form], input: bytes)
        return try object(String(decoding: answer, as: UTF8.self)) as NSDictionary
    }

    @Test(
        "OpenTelemetry's own classes read the same from both encodings",
        .enabled(if: Program.isPythonWanted)
    )
    func official() async throws {
        let spans = Self.spans()
        let fromProtobuf = try await Self.decode(Self.request(.protobuf, spans), "protobuf")
        #expect(fromProtobuf == (try await Self.decode(Self.request(.json, spans), "json")))
        let text = "\(fromProtobuf)"
        for part in [
            "GET /notes/{id}", "4bf92f3577b34da6a3ce929d0e0e4736", "foo=1,bar=2", "9223372036854775807", "-1",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains("hunter2"))
    }

    /// protobuf.dev, "Encoding": the examples of its text.
    @Test("protobuf: varints, nested messages and lengths of more than one byte")
    func protobuf() {
        var writer = ProtobufWriter()
        writer.integer(1, 150)
        writer.integer(2, 0)
        writer.string(2, "testing")
        #expect(writer.bytes == [0x08, 0x96, 0x01, 0x12, 0x07] + Array("testing".utf8))
        for count in [0, 1, 125, 126, 127, 128, 16_379, 16_384, 70_000] {
            var inner = ProtobufWriter()
            inner.string(1, String(repeating: "x", count: count))
            var outer = ProtobufWriter()
            outer.message(3) { $0.string(1, String(repeating: "x", count: count)) }
            var expected = ProtobufWriter()
            expected.bytes(3, inner.bytes)
            #expect(outer.bytes == expected.bytes, "\(count)")
        }
        var negative = ProtobufWriter()
        negative.choice(3, integer: -1)
        #expect(negative.bytes == [0x18] + [UInt8](repeating: 0xff, count: 9) + [0x01])
    }
}
