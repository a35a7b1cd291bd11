import Reactor
import Testing

@testable import WebClient

@Suite("addresses of the public Internet") struct PublicAddressTests {
    static let refused = [
        "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1",
        "fc00::1",
        "fd12::1", "fe80::1", "fec0::1", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1",
        "::127.0.0.1", "4000::1",
    ]
    static let allowed = [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0",
        "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "223.255.255.255",
        "2606:4700:4700::1111", "2a00:1450::1", "::ffff:1.1.1.1", "64:ff9b::101:101", "2003::1", "3ffe::1",
    ]

    @Test("special ones are none", arguments: refused)
    func refuses(_ text: String) throws {
        #expect(!PublicAddress.contains(try #require(SocketAddress(numericHost: text, port: 1))))
    }

    @Test("their neighbours are", arguments: allowed)
    func allows(_ text: String) throws {
        #expect(PublicAddress.contains(try #require(SocketAddress(numericHost: text, port: 1))))
    }

    @Test("a Unix socket is none")
    func unix() { #expect(!PublicAddress.contains(.unix(path: "/x"))) }
}
