import Glibc
import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing

@Suite("where a server listens", .timeLimit(.minutes(1))) struct AddressTests {
    static let hasIPv6 = (try? ListeningSockets.open(.ipv6(1, port: 0, zone: 0), count: 1).address) != nil

    @Test("IPv4: the peer has an address and a port")
    func ipv4() async throws {
        try await TestServer.run { request in
            HTTPResponse(.ok, body: HTTPBody(request.remoteAddress?.description ?? "none"))
        } _: { server in
            #expect(server.address.port != 0)
            let client = try await RawClient.connect(to: server.address)
            #expect(
                try await client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").text.hasPrefix("127.0.0.1:")
            )
        }
    }

    @Test("IPv6", .enabled(if: hasIPv6))
    func ipv6() async throws {
        try await TestServer.run(at: .ipv6(1, port: 0, zone: 0)) { request in
            HTTPResponse(.ok, body: HTTPBody(request.remoteAddress?.description ?? "none"))
        } _: { server in
            #expect(server.address.description.hasPrefix("[::1]:"))
            let client = try await RawClient.connect(to: server.address)
            #expect(try await client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").text.hasPrefix("[::1]:"))
        }
    }

    @Test("a Unix socket: its file is there while the server is")
    func unix() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/server.sock"
        try await TestServer.run(at: .unix(path: path)) { request in
            HTTPResponse(.ok, body: HTTPBody(request.head.target))
        } _: { server in
            #expect(server.address == .unix(path: path))
            for number in 0..<20 {
                let client = try await RawClient.connect(to: server.address)
                #expect(
                    try await client.exchange("GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n").text
                        == "/\(number)"
                )
            }
            #expect(folder.holds("server.sock"))
        }
        #expect(!folder.holds("server.sock"))
    }

    @Test("a port that is taken is named, with what to do")
    func taken() async throws {
        try await TestServer.run { _ in
            HTTPResponse(.ok)
        } _: { server in
            let group = try TestServer.group
            let error = await #expect(throws: SystemError.self) {
                _ = try await HTTPServer.start(at: server.address, on: group) { _ in HTTPResponse(.ok) }
            }
            #expect(error?.code == EADDRINUSE)
            #expect(error?.description.contains("\(server.address)") == true)
        }
    }
}
