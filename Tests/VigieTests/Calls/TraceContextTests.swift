import HTTP
import Testing
import Vigie
import VigieTesting

/// The rules of W3C Trace Context level 1 as its own test harness asks for them (w3c/trace-context, test/test.py): a
/// request comes in, the service calls another, and what that one gets is looked at.
@Suite("W3C trace context from request to call", .timeLimit(.minutes(2))) struct TraceContextTests {
    private static let trace = "12345678901234567890123456789012"
    private static let parent = "1234567890123456"
    private static let good = "00-\(trace)-\(parent)-01"

    struct Case: Sendable, CustomStringConvertible {
        let name: String
        let fields: [(String, String)]
        /// Whether the caller's trace goes on; else a new one begins.
        let goesOn: Bool
        /// What the next one gets as `tracestate`; nil for none.
        let state: String?

        var description: String { name }

        init(_ name: String, _ fields: [(String, String)], goesOn: Bool, state: String? = nil) {
            (self.name, self.fields, self.goesOn, self.state) = (name, fields, goesOn, state)
        }

        static func parent(_ name: String, _ value: String, goesOn: Bool = false) -> Case {
            Case(name, [("traceparent", value)], goesOn: goesOn)
        }

        static func state(_ name: String, _ values: String..., gives state: String?) -> Case {
            Case(
                name,
                [("traceparent", good)] + values.map { ("tracestate", $0) },
                goesOn: true,
                state: state
            )
        }
    }

    static let parents: [Case] = [
        Case("both missing", [], goesOn: false),
        .parent("traceparent alone", good, goesOn: true),
        Case("traceparent twice", [("traceparent", good), ("traceparent", good)], goesOn: false),
        Case("another name: trace-parent", [("trace-parent", good)], goesOn: false),
        Case("another name: trace.parent", [("trace.parent", good)], goesOn: false),
        .parent("version 00 with more behind", good + "-what", goesOn: false),
        .parent("version 00 with a dash behind", good + "-"),
        .parent("version 00 with bytes behind", good + ".what"),
        .parent("version cc", "cc-\(trace)-\(parent)-01", goesOn: true),
        .parent(
            "version cc with more behind",
            "cc-\(trace)-\(parent)-01-what-the-future-will-be-like",
            goesOn: true
        ),
        .parent("version cc with bytes behind", "cc-\(trace)-\(parent)-01.what"),
        .parent("version ff", "ff-\(trace)-\(parent)-01"),
        .parent("version .0", ".0-\(trace)-\(parent)-01"),
        .parent("version 0.", "0.-\(trace)-\(parent)-01"),
        .parent("version too long", "000-\(trace)-\(parent)-01"),
        .parent("version too short", "0-\(trace)-\(parent)-01"),
        .parent("trace id of zeros", "00-00000000000000000000000000000000-\(parent)-01"),
        .parent("trace id with another byte", "00-.2345678901234567890123456789012-\(parent)-01"),
        .parent("trace id in upper case", "00-A2345678901234567890123456789012-\(parent)-01"),
        .parent("trace id too long", "00-\(trace)3-\(parent)-01"),
        .parent("trace id too short", "00-1234567890123456789012345678901-\(parent)-01"),
        .parent("parent id of zeros", "00-\(trace)-0000000000000000-01"),
        .parent("parent id with another byte", "00-\(trace)-.234567890123456-01"),
        .parent("parent id too long", "00-\(trace)-\(parent)7-01"),
        .parent("parent id too short", "00-\(trace)-123456789012345-01"),
        .parent("flags with another byte", "00-\(trace)-\(parent)-.0"),
        .parent("flags too long", "00-\(trace)-\(parent)-001"),
        .parent("flags too short", "00-\(trace)-\(parent)-1"),
        .parent("white space around", " \t\(good) \t", goesOn: true),
    ]

    private static let longKey = String(repeating: "z", count: 256)
    private static let tenant = String(repeating: "t", count: 241) + "@" + String(repeating: "v", count: 14)
    private static func members(_ count: Int) -> String {
        (1...count).map { "bar\($0)=\($0)" }.joined(separator: ",")
    }
    private static let allKey = "abcdefghijklmnopqrstuvwxyz0123456789_-*/"
    private static let allValue = String(
        (0x20...0x7e).filter { $0 != 0x2c && $0 != 0x3d }.map { Character(UnicodeScalar(UInt8($0))) }
    ).drop { $0 == " " }

    static let states: [Case] = [
        Case("tracestate without traceparent", [("tracestate", "foo=1")], goesOn: false),
        .state("two members", "foo=1,bar=2", gives: "foo=1,bar=2"),
        .state("name in any case, empty", "", gives: nil),
        .state("two fields", "foo=1,bar=2", "congo=3", gives: "foo=1,bar=2,congo=3"),
        .state("an empty field between", "foo=1", "", "bar=2", gives: "foo=1,bar=2"),
        .state("all bytes that may be", "\(allKey)=\(allValue)", gives: "\(allKey)=\(allValue)"),
        .state("white space between members", "foo=1 \t , \t bar=2", gives: "foo=1,bar=2"),
        .state("white space in a key", "foo =1", gives: nil),
        .state("upper case in a key", "FOO=1", gives: nil),
        .state("a dot in a key", "foo.bar=1", gives: nil),
        .state("no key", "=1", gives: nil),
        .state("two @ in a key", "foo@@bar=1,bar=2", gives: nil),
        .state("no vendor behind @", "foo@=1,bar=2", gives: nil),
        .state("no tenant before @", "@foo=1,bar=2", gives: nil),
        .state("two tenants", "foo@bar@baz=1,bar=2", gives: nil),
        .state("a key of 256 bytes", "foo=1,\(longKey)=1", gives: "foo=1,\(longKey)=1"),
        .state("a key of 257 bytes", "foo=1,\(longKey)z=1", gives: nil),
        .state("the longest tenant and vendor", "foo=1,\(tenant)=1", gives: "foo=1,\(tenant)=1"),
        .state("a tenant that is too long", "foo=1,t\(tenant)=1", gives: nil),
        .state("a vendor that is too long", "foo=1,\(tenant)v=1", gives: nil),
        .state("32 members", members(32), gives: members(32)),
        .state("33 members", members(33), gives: nil),
        .state("an = in a value", "foo=bar=baz", gives: nil),
        .state("no value", "foo=,bar=3", gives: nil),
    ]

    @Test("traceparent", arguments: parents)
    func traceparent(one: Case) async throws { try await check(one) }

    @Test("tracestate", arguments: states)
    func tracestate(one: Case) async throws { try await check(one) }

    private func check(_ one: Case) async throws {
        let recorder = Recorder()
        try await recorder.serve { port in
            try await TestService.run(Hop.self, settings: ["clients.peers": "next=127.0.0.1:\(port)"]) {
                hop in
                var request = HTTPRequest(.get, "/hop")
                for (name, value) in one.fields {
                    request.head.fields.append(try #require(HTTPFieldName(name)), value)
                }
                let answer = try await hop.send(request)
                #expect(answer.status == 200)
            }
        }
        let fields = try #require(recorder.requests.first)
        let sent = try #require(fields["traceparent"]).split(separator: "-")
        #expect(sent.count == 4 && sent[0] == "00" && sent[1].count == 32 && sent[2].count == 16)
        #expect((sent[1] == Self.trace) == one.goesOn)
        #expect(sent[2] != Self.parent)
        #expect(fields["tracestate"] == one.state)
    }
}
