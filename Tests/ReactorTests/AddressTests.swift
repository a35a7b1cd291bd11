import Reactor
import TestSupport
import Testing

@Suite("addresses and names", .timeLimit(.minutes(1))) struct AddressTests {
    static let numeric: [(String, UInt16, String)] = [
        ("127.0.0.1", 80, "127.0.0.1:80"),
        ("0.0.0.0", 0, "0.0.0.0:0"),
        ("255.255.255.255", 65_535, "255.255.255.255:65535"),
        ("::1", 8080, "[::1]:8080"),
        ("::", 0, "[::]:0"),
        ("2001:DB8:0:0:0:0:0:1", 443, "[2001:db8::1]:443"),
        ("::ffff:192.0.2.1", 1, "[::ffff:192.0.2.1]:1"),
        ("unix:/run/x.sock", 5, "unix:/run/x.sock"),
    ]

    @Test("a numeric address is read, and written in its one form", arguments: numeric)
    func roundTrips(host: String, port: UInt16, description: String) throws {
        let address = try #require(SocketAddress(numericHost: host, port: port))
        #expect(address.description == description)
        #expect(SocketAddress(numericHost: address.host, port: port) == address)
        #expect(address.port == (host.hasPrefix("unix:") ? nil : port))
        #expect(address.with(port: 9).port == (host.hasPrefix("unix:") ? nil : 9))
    }

    @Test(
        "anything else is a name, or nothing",
        arguments: [
            "", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "[::1]", ":::", "1.2.3.4:80", "unix:",
            "01.2.3.4",
        ]
    )
    func refuses(host: String) { #expect(SocketAddress(numericHost: host, port: 1) == nil) }

    @Test("a path is as long as the kernel's room for it", arguments: [(107, true), (108, false)])
    func pathLimit(count: Int, fits: Bool) {
        let path = "/" + String(repeating: "p", count: count - 1)
        #expect((SocketAddress(numericHost: "unix:\(path)", port: 0) != nil) == fits)
    }

    @Test("numeric addresses need no look-up, also when the pool is full")
    func resolvesNumeric() async throws {
        let pool = BlockingPool(threads: 1, queue: 1)
        let (barrier, begun) = (Barrier(), Events<Void>())
        async let held: Void = pool.run {
            begun.note(())
            barrier.wait()
        }
        _ = await begun.next()
        #expect(try await Resolver(pool: pool).addresses(of: "::1", port: 5) == [.ipv6(1, port: 5, zone: 0)])
        barrier.open()
        try await held
    }

    @Test("localhost is this machine")
    func resolvesLocalhost() async throws {
        let found = try await Resolver(pool: TestLoops.two.blocking).addresses(
            of: "localhost",
            port: 80
        )
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0 == .loopback(port: 80) || $0 == .ipv6(1, port: 80, zone: 0) })
    }

    @Test(
        "a name without address is named in the failure (RFC 6761 §6.4)",
        arguments: ["no-such-host.invalid", "a b", ""]
    )
    func resolvesNothing(host: String) async throws {
        let resolver = Resolver(pool: try TestLoops.two.blocking)
        let failure = await #expect(throws: Resolver.Failure.self) {
            try await resolver.addresses(of: host, port: 80)
        }
        #expect(failure?.host == host)
        #expect(failure?.reason.isEmpty == false)
    }
}
