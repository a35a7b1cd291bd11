import TestSupport
import Testing

@testable import Registry

@Suite("messages of DNS") struct DNSMessageTests {
    /// A query for `name` with a type, and what stands behind the question.
    static func query(
        _ name: String,
        _ type: UInt16,
        flags: UInt16 = 0x0100,
        counts: [UInt16] = [1, 0, 0, 0],
        rest: [UInt8] = []
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in [0x1234, flags] + counts { bytes.append(number: number) }
        DNSName(name)?.append(to: &bytes)
        bytes.append(number: type)
        bytes.append(number: DNSQuery.internet)
        return bytes + rest
    }

    /// An OPT record: the payload, and version and flags as its time to live.
    static func option(payload: UInt16, _ ttl: UInt32 = 0, data: [UInt8] = []) -> [UInt8] {
        var bytes: [UInt8] = [0]
        bytes.append(number: DNSType.opt)
        bytes.append(number: payload)
        bytes.append(number: ttl)
        bytes.append(number: UInt16(data.count))
        return bytes + data
    }

    /// A header with one question, and what stands behind it.
    static func message(_ parts: [UInt8]...) -> [UInt8] {
        Array(query("", 1).prefix(12)) + parts.flatMap { $0 }
    }

    private static let letters = [UInt8](repeating: 97, count: 64)
    /// A label of 63 bytes.
    private static let label: [UInt8] = [63] + [UInt8](repeating: 97, count: 63)
    /// The root, type and class.
    private static let end: [UInt8] = [0, 0, 1, 0, 1]
    private static let cutOption: [UInt8] = Array(option(payload: 512).dropLast()) + [9]

    static let broken: [(why: String, bytes: [UInt8], code: DNSCode)] = [
        ("opcode", query("a.consul", 1, flags: 0x0800), .notImplemented),
        ("truncated flag", query("a.consul", 1, flags: 0x0200), .formatError),
        ("no question", query("a.consul", 1, counts: [0, 0, 0, 0]), .formatError),
        ("two questions", query("a.consul", 1, counts: [2, 0, 0, 0]), .formatError),
        ("an answer", query("a.consul", 1, counts: [1, 1, 0, 0]), .formatError),
        ("an authority", query("a.consul", 1, counts: [1, 0, 1, 0]), .formatError),
        ("many additionals", query("a.consul", 1, counts: [1, 0, 0, 5]), .formatError),
        ("a missing additional", query("a.consul", 1, counts: [1, 0, 0, 1]), .formatError),
        ("a byte too many", query("a.consul", 1, rest: [0]), .formatError),
        ("two options", query("a.consul", 1, counts: [1, 0, 0, 2], rest: twoOptions), .formatError),
        (
            "an option beyond the end", query("a.consul", 1, counts: [1, 0, 0, 1], rest: cutOption),
            .formatError
        ),
        ("a pointer", message([0xC0, 12, 0, 1, 0, 1]), .formatError),
        ("a label of 64", message([64], letters, end), .formatError),
        ("a name of 257", message(label, label, label, label, end), .formatError),
        ("a name without end", message([3, 97]), .formatError),
    ]

    private static let twoOptions = option(payload: 512) + option(payload: 512)

    @Test("what breaks a rule is told so, with its ID", arguments: broken)
    func refuses(why: String, bytes: [UInt8], code: DNSCode) {
        let wantsRecursion = bytes[2] & 1 == 1
        #expect(DNSQuery.read(bytes) == .refused(id: 0x1234, wantsRecursion: wantsRecursion, code), "\(why)")
        let refusal = DNSAnswer.refusal(id: 0x1234, wantsRecursion: wantsRecursion, code)
        #expect(refusal.count == 12 && refusal[3] == UInt8(code.rawValue) && refusal[2] & 0x80 != 0)
    }

    static let silent: [[UInt8]] = [
        [], [0x12, 0x34], Array(query("a.consul", 1).prefix(11)), query("a.consul", 1, flags: 0x8100),
    ]

    @Test("answers, pieces of a header and what is too long get no answer", arguments: silent)
    func ignores(bytes: [UInt8]) { #expect(DNSQuery.read(bytes) == .ignored) }

    @Test("a message above the limit gets none") func tooLong() {
        let long = Self.query("a.consul", 1, rest: [UInt8](repeating: 0, count: DNSQuery.limit))
        #expect(DNSQuery.read(long) == .ignored)
    }

    @Test("names keep their bytes, and options are read") func reads() throws {
        let bytes = Self.query(
            "WeB.Service.consul",
            33,
            counts: [1, 0, 0, 1],
            rest: Self.option(payload: 1232, 0x8000)
        )
        guard case .query(let query) = DNSQuery.read(bytes) else {
            Issue.record("no query")
            return
        }
        #expect(
            query.name == DNSName("WeB.Service.consul") && query.name.texts == ["web", "service", "consul"]
        )
        #expect(query.type == 33 && query.wantsRecursion)
        #expect(query.edns == DNSQuery.Extension(payload: 1232, version: 0, wantsSignatures: true))
    }

    @Test("whatever comes is read or refused, and its answer keeps to its limit") func random() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(seed: seed)
        let good = Self.query("web.service.consul", 1, counts: [1, 0, 0, 1], rest: Self.option(payload: 600))
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<1 + random.below(4) {
                switch random.below(3) {
                case 0 where !bytes.isEmpty: bytes[random.below(bytes.count)] = UInt8(random.below(256))
                case 1: bytes.removeLast(random.below(bytes.count + 1))
                default: bytes.append(UInt8(random.below(256)))
                }
            }
            guard case .query(let query) = DNSQuery.read(bytes) else { continue }
            var answer = DNSAnswer()
            for number in 0..<100 {
                answer.parts.append(DNSAnswer.Part(record: DNSRecord(name: nil, content: .a(UInt32(number)))))
            }
            let limit = DNSAnswer.datagramLimit(of: query)
            let message = answer.message(to: query, limit: limit)
            #expect(message.count <= limit && DNSQuery.read(message) == .ignored, "seed \(seed)")
        }
    }
}
