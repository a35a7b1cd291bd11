import HTTP
import TestSupport
import Testing

@testable import Telemetry

@Suite("tracestate") struct TraceStateTests {
    static func text(_ state: TraceState) -> String { String(decoding: state.bytes, as: UTF8.self) }
    static func state(_ text: String) -> TraceState { TraceState(text.utf8.span) }
    static let members = (0..<33).map { "k\($0)=\($0)" }

    static let invalid: [String] = [
        "foo", "foo=", "=1", "foo =1", "foo= 1 ,=", "FOO=1", "foO=1", "1foo=1", "foo.bar=1", "foo@=1",
        "@foo=1",
        "foo@@bar=1", "foo@bar@baz=1", "foo@1bar=1", "foo=bar=baz", "foo=,bar=3", "foo=\u{1}", "foo=é",
        "\(String(repeating: "z", count: 257))=1",
        "\(String(repeating: "t", count: 242))@v=1",
        "t@\(String(repeating: "v", count: 15))=1",
        "foo=\(String(repeating: "v", count: 257))",
        "foo=1,bar",
        members.joined(separator: ","),
    ]

    @Test("one invalid entry, or a 33rd, discards all (§3.3.1)", arguments: invalid)
    func refuses(text: String) {
        #expect(Self.state(text).isEmpty)
    }

    static let valid: [(String, String)] = [
        ("", ""),
        (",", ""),
        ("foo=1", "foo=1"),
        ("foo=1,bar=2", "foo=1,bar=2"),
        ("foo=1 \t , \t bar=2, \t baz=3", "foo=1,bar=2,baz=3"),
        ("foo=1,,,bar=2,", "foo=1,bar=2"),
        ("foo= 1", "foo= 1"),
        ("foo=a b", "foo=a b"),
        ("foo-_*/bar=1", "foo-_*/bar=1"),
        ("foo@bar=1,1t@v=2", "foo@bar=1,1t@v=2"),
        // Of two with one key the first stays: the newest.
        ("foo=1,bar=2,foo=3", "foo=1,bar=2"),
        ("foo=1,foo=1", "foo=1"),
        (members.dropLast().joined(separator: ","), members.dropLast().joined(separator: ",")),
        ("\(String(repeating: "z", count: 256))=1", "\(String(repeating: "z", count: 256))=1"),
        (
            "\(String(repeating: "t", count: 241))@\(String(repeating: "v", count: 14))=1",
            "\(String(repeating: "t", count: 241))@\(String(repeating: "v", count: 14))=1"
        ),
    ]

    @Test("valid entries stay as they came, in order", arguments: valid)
    func keeps(text: String, expected: String) {
        #expect(Self.text(Self.state(text)) == expected)
    }

    @Test("every byte that a value may hold stays")
    func valueBytes() {
        let all = String(String.UnicodeScalarView((0x20...0x7e).map { UnicodeScalar($0) }))
        let value = all.filter { $0 != "," && $0 != "=" }
        #expect(Self.state("a=\(value)")["a"] == value)
    }

    @Test("beyond 512 bytes entries of more than 128 go first, then the last (§3.3.1.5)")
    func trims() {
        let long = "long=\(String(repeating: "x", count: 200))"
        let short = (0..<8).map { "s\($0)=\(String(repeating: "y", count: 57))" }
        let first = Self.text(Self.state(([long] + short).joined(separator: ",")))
        #expect(first == short.joined(separator: ","))
        let many = (0..<30).map { "m\($0)=\(String(repeating: "y", count: 20))" }
        let rest = Self.text(Self.state(many.joined(separator: ",")))
        #expect(rest.utf8.count <= 512)
        #expect(many.joined(separator: ",").hasPrefix(rest))
        #expect(rest.split(separator: ",").count >= 20)
    }

    @Test("several fields are one list, in their order")
    func severalFields() {
        let fields: HTTPFields = [
            "traceparent": "00-\(TraceparentTests.ids)-00", "tracestate": "foo=1,", "tracestate": "",
            "tracestate": "bar=2",
        ]
        #expect(Propagation.extract(from: fields).map { Self.text($0.traceState) } == "foo=1,bar=2")
    }

    @Test("a changed entry moves to the front, and the 33rd goes (§3.3.1.4)")
    func sets() {
        var state = Self.state("foo=1,bar=2")
        state.set("bar", "3")
        #expect(Self.text(state) == "bar=3,foo=1")
        let results = [state.set("BAD", "3"), state.set("a", "x,b=2"), state.set("a", "")]
        #expect(results == [false, false, false])
        #expect(Self.text(state) == "bar=3,foo=1")
        state = Self.state(Self.members.dropLast().joined(separator: ","))
        state.set("new", "1")
        #expect(state["new"] == "1" && state["k31"] == nil && state["k30"] == "30")
    }

    @Test(
        "random bytes never trap, and what is kept is within the limits and reads the same",
        arguments: [UInt64(7), 8]
    )
    func random(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<5000 {
            let state = TraceState(random.bytes(upTo: 700, of: "abz019_-*/@=,,, \t").span)
            #expect(state.bytes.count <= 512, "seed \(seed)")
            #expect(TraceState(state.bytes.span) == state, "seed \(seed)")
        }
    }
}
