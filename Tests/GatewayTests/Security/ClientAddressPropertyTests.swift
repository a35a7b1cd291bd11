import HTTP
import Reactor
import TestSupport
import Testing

@testable import Gateway

@Suite("G24: X-Forwarded-For, whatever stands in it") struct ClientAddressPropertyTests {
    private static let proxies = ["10.0.0.0/8", "fd00::/8", "192.0.2.1"].compactMap { AddressBlock($0) }

    /// Trusted proxies' addresses, and others'.
    private static let trusted = ["10.0.0.1", "10.255.255.255", "fd00::1", "192.0.2.1", "::ffff:10.1.2.3"]
    private static let others = ["192.0.2.2", "9.255.255.255", "11.0.0.0", "2001:db8::1", "fe80::1", "::1"]
    /// What is no address.
    private static let garbage = [
        "unknown", "_hidden", "10.0.0", "10.0.0.1.1", "10.0.0.256", "for=10.0.0.1", "[10.0.0.1", "unix:/x",
        "a.example",
        "10.0.0.1;", "::g", "\"10.0.0.1\"", "010.0.0.1x", "\u{e4}", String(repeating: "1", count: 100),
    ]

    /// One member of the list, and whose address it is; nil for none.
    private static func hop(_ random: inout SplitMix) -> (text: String, host: String?) {
        let lists = [trusted, trusted, others, garbage]
        let list = random.below(4)
        let host = lists[list][random.below(lists[list].count)]
        guard list < 3 else { return (host, nil) }
        let spellings = host.contains(":") ? [host, "[\(host)]", "[\(host)]:80"] : [host, "\(host):80"]
        let spaces = ["", " ", "\t ", "  "]
        let text =
            spaces[random.below(4)] + spellings[random.below(spellings.count)] + spaces[random.below(4)]
        return (text, host)
    }

    @Test(
        "the client is the last who is no trusted proxy, and what stands before him changes nothing",
        arguments: 1...20 as ClosedRange<UInt64>
    )
    func client(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for number in 0..<500 {
            let hops = (0..<random.below(8)).map { _ in Self.hop(&random) }
            var fields = HTTPFields()
            var line: [String] = []
            for hop in hops {
                line.append(hop.text)
                guard random.below(3) == 0 else { continue }
                fields.append("X-Forwarded-For", line.joined(separator: ","))
                line = []
            }
            if !line.isEmpty { fields.append("x-forwarded-for", line.joined(separator: ",")) }
            let isTrusted = random.below(4) > 0
            let peer = try #require(
                SocketAddress(numericHost: isTrusted ? "10.9.9.9" : "203.0.113.7", port: 1234)
            )
            let found = ClientAddress(of: fields, from: peer, trusting: Self.proxies)

            var expected = peer.host
            if isTrusted {
                for hop in hops.reversed() {
                    guard let host = hop.host else { break }
                    expected = host
                    guard Self.trusted.contains(host) else { break }
                }
            }
            let address = try #require(SocketAddress(numericHost: expected, port: 0))
            #expect(
                found.address?.host == address.host && found.isForwarded == isTrusted,
                "seed \(seed), list \(number), \(hops.map(\.text)): \(found)"
            )
        }
    }

    @Test(
        "noise ends nothing, and says nothing of who is connected directly",
        arguments: 1...10 as ClosedRange<UInt64>
    )
    func noise(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let stranger = try #require(SocketAddress(numericHost: "203.0.113.7", port: 1))
        for _ in 0..<1_000 {
            var fields = HTTPFields()
            let bytes = random.bytes(upTo: 80, of: "0123456789abcdef.:,[] \tunix")
            fields.append("x-forwarded-for", bytes: bytes[...])
            let direct = ClientAddress(of: fields, from: stranger, trusting: Self.proxies)
            #expect(direct.address == stranger && !direct.isForwarded, "seed \(seed): \(bytes)")
            let local = ClientAddress(of: fields, from: nil, trusting: Self.proxies)
            #expect(local.isForwarded, "seed \(seed): \(bytes)")
            if case .unix = local.address { Issue.record("seed \(seed), \(bytes): a path for a client") }
        }
    }
}
