import Glibc
import Reactor
import Testing

@testable import HTTP

@Suite("destinations", .timeLimit(.minutes(1))) struct DestinationTests {
    private static let oneAnswer: ScriptedServer.Script = { peer, _ in
        let head = try peer.readHead()
        let host = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("host: ") } ?? ""
        try peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(host.utf8.count)\r\n\r\n\(host)")
    }

    @Test("an IPv6 address")
    func ipv6() async throws {
        let address = try #require(SocketAddress(numericHost: "::1", port: 0))
        let server = try ScriptedServer(at: address, script: Self.oneAnswer)
        defer { server.stop() }
        let client = try ClientFixture.client()
        #expect(try await client.fetch(from: server).1 == "Host: [::1]:\(server.address.port ?? 0)")
        await client.close()
    }

    @Test("a Unix socket")
    func unix() async throws {
        let server = try ScriptedServer(at: .unix(path: ClientFixture.socketPath()), script: Self.oneAnswer)
        defer { server.stop() }
        let client = try ClientFixture.client()
        #expect(try await client.fetch(from: server).1 == "Host: localhost")
        await client.close()
    }

    @Test("a name is resolved, its addresses tried in turn; the caller's Host is kept")
    func name() async throws {
        let server = try ScriptedServer(script: Self.oneAnswer)
        defer { server.stop() }
        let client = try ClientFixture.client()
        let destination = HTTPDestination(host: "localhost", port: server.address.port ?? 0)
        let response = try await client.send(HTTPRequest(.get, "/"), to: destination)
        let text = String(decoding: try await response.body.collect(upTo: 100), as: UTF8.self)
        #expect(text == "Host: \(destination)")
        let request = HTTPRequest(.get, "/", fields: [.host: "example.com"])
        #expect(try await client.fetch(request, from: server).1 == "host: example.com")
        await client.close()
    }

    @Test("port 80 is not told")
    func authority() {
        #expect(HTTPDestination(host: "example.com", port: 80).authority == "example.com")
        #expect(HTTPDestination(host: "example.com", port: 8080).authority == "example.com:8080")
        #expect(HTTPDestination(host: "127.0.0.1", port: 81).authority == "127.0.0.1:81")
    }

    @Test("a name that has no address")
    func unresolved() async throws {
        let client = try ClientFixture.client()
        let destination = HTTPDestination(host: "no-such-host.invalid", port: 80)
        let error = try await #require(throws: HTTPClientError.self) {
            try await client.send(HTTPRequest(.get, "/"), to: destination)
        }
        guard case .unresolved(destination, _) = error else { return #expect(Bool(false), "\(error)") }
        #expect(await client.counters.connectionsOpen == 0)
    }

    @Test("nobody listens")
    func refused() async throws {
        let server = try ScriptedServer(script: Self.oneAnswer)
        server.stop()
        _ = try await onThread { try? BlockingSocket.connect(to: server.address).readToEnd() }
        let client = try ClientFixture.client()
        for _ in 0..<3 {
            let error = try await #require(throws: HTTPClientError.self) {
                try await client.fetch(from: server)
            }
            guard case .notConnected(let reason) = error else { return #expect(Bool(false), "\(error)") }
            #expect(reason.code == ECONNREFUSED)
        }
        #expect(await client.counters == HTTPClientCounters())
    }

    @Test("nobody accepts: the connect timeout ends the call")
    func connectTimeout() async throws {
        // A queue of one place: the kernel drops what comes when it is full.
        let (number, address) = try ScriptedServer.listen(at: .loopback(port: 0), backlog: 0)
        let listener = BlockingSocket(owning: number)
        defer { listener.close() }
        let client = try ClientFixture.client()
        let timeouts = HTTPTimeouts.with {
            ($0.connect, $0.attempt) = (.milliseconds(100), .milliseconds(100))
        }
        var last: HTTPClientError?
        for _ in 0..<4 {
            last = await #expect(throws: HTTPClientError.self) {
                try await client.send(
                    HTTPRequest(.get, "/"),
                    to: HTTPDestination(address),
                    timeouts: timeouts
                )
            }
            if last != .timedOut(.head) { break }
        }
        guard case .notConnected(let reason) = last else {
            return #expect(Bool(false), "\(String(describing: last))")
        }
        #expect(reason.code == ETIMEDOUT)
        #expect(await client.counters.connectionsOpen == 0)
    }
}
