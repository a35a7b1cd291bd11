import Glibc
import Reactor
import TestSupport
import Testing

@Suite("reserved ports") struct ReservedPortTests {
    @Test("a port that the kernel chooses is known before it is listened at, by all loops")
    func chosen() throws {
        let port = try #require(try ReservedPort(for: .loopback(port: 0)))
        #expect(port.number != 0)
        let sockets = try ListeningSockets.open(.loopback(port: port.number), count: 2)
        #expect(sockets.address == .loopback(port: port.number))
    }

    @Test("one that is named is taken as it is; a Unix socket has none")
    func named() throws {
        #expect(try ReservedPort(for: .loopback(port: 81))?.number == 81)
        #expect(try ReservedPort(for: .unix(path: "/tmp/x")) == nil)
    }

    @Test("an address of another machine is refused by name")
    func foreign() throws {
        let address = try #require(SocketAddress(numericHost: "192.0.2.1", port: 0))
        #expect(throws: SystemError(code: EADDRNOTAVAIL, operation: "listen on 192.0.2.1:0")) {
            try ReservedPort(for: address)
        }
    }
}
