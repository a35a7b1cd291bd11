import HTTP
import Reactor
import TestSupport
import Testing

@testable import Telemetry

@Suite("what lines of the access log share") struct AccessLineFormatTests {
    private static let agents: [String?] = [
        nil, "", "a", "abc", "curl/8.5.0", "curl/8.6.0", "purl/8.5.0", "\"quoted\" \u{7f}\t",
        "Bearer abcdefgh1", "é",
        String(repeating: "x", count: 256), String(repeating: "x", count: 257),
    ]
    private static let clients: [SocketAddress?] = [
        nil, .ipv4(0x0a00_0001, port: 1), .ipv4(0x0a00_0001, port: 2), .ipv4(0x0a00_0011, port: 1),
        .ipv4(0xffff_ffff, port: 1), .ipv4(0, port: 1), .ipv6(1, port: 1, zone: 0), .unix(path: "/run/\"x"),
    ]

    private static func record(_ agent: String?, _ client: SocketAddress?) -> AccessRecord {
        var record = AccessRecord(.get, route: "/a", status: 200, nanoseconds: 1000)
        record.userAgent = agent.map { Array($0.utf8)[...] }
        record.client = client
        return record
    }

    private static func line(_ lines: AccessLineFormat, _ record: AccessRecord, _ time: Int64) -> String {
        var bytes: [UInt8] = []
        lines.append(record, at: time, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("a line is the same whatever came before it")
    func independent() {
        let seed = UInt64.random(in: 0...(.max))
        var random = SplitMix(seed: seed)
        let format = JSONLogFormat(service: "s", instance: "i", redactor: .standard)
        let shared = AccessLineFormat(format)
        var time: Int64 = 1_795_262_400_000_000_000
        for _ in 0..<2000 {
            let agent = Self.agents[Int(random.next() % UInt64(Self.agents.count))]
            let client = Self.clients[Int(random.next() % UInt64(Self.clients.count))]
            let record = Self.record(agent, client)
            time += Int64(random.next() % 2_000_000_000) - 500_000_000
            let alone = Self.line(AccessLineFormat(format), record, time)
            #expect(Self.line(shared, record, time) == alone, "seed \(seed)")
        }
    }

    @Test("each user agent and client is written as any text of a log is", arguments: agents)
    func fields(agent: String?) throws {
        let format = JSONLogFormat(service: "s", instance: "i", redactor: .standard)
        for client in Self.clients {
            let read = try object(Self.line(AccessLineFormat(format), Self.record(agent, client), 0))
            #expect(read["user_agent"] as? String == agent.map { Redactor.standard.text($0) })
            #expect(read["client"] as? String == client?.host)
            #expect(read["ts"] as? String == "1970-01-01T00:00:00.000000Z")
        }
    }

    @Test(
        "numbers are written with all their digits",
        arguments: [
            0, 9, 10, 99, 100, 999_999, 9_999_999_999_999_999_999, 10_000_000_000_000_000_000, UInt64.max,
        ] as [UInt64]
    )
    func decimal(number: UInt64) {
        var bytes: [UInt8] = []
        DecimalText.append(number, digits: 1, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "\(number)")
        bytes = []
        DecimalText.append(number, digits: 20, to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self) == String(repeating: "0", count: 20 - "\(number)".count)
                + "\(number)"
        )
    }

    @Test("ids are written digit by digit as Swift writes them")
    func hexadecimal() {
        let seed = UInt64.random(in: 0...(.max))
        var random = SplitMix(seed: seed)
        for _ in 0..<1000 {
            let value = UInt128(random.next()) << 64 | UInt128(random.next() >> (random.next() % 64))
            let text = String(value, radix: 16)
            let padded = String(repeating: "0", count: 32 - text.count) + text
            var bytes: [UInt8] = []
            bytes.append(addingCapacity: 32) { Hexadecimal.append(value, to: &$0) }
            #expect(String(decoding: bytes, as: UTF8.self) == padded, "seed \(seed)")
            bytes = []
            bytes.append(addingCapacity: 36) { Hexadecimal.append(uuid: value, to: &$0) }
            #expect(String(decoding: bytes, as: UTF8.self).filter { $0 != "-" } == padded, "seed \(seed)")
        }
    }
}
