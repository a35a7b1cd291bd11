import Reactor
import Synchronization
import TestSupport
import Testing

@testable import HTTP

@Suite("downloads", .timeLimit(.minutes(1))) struct DownloadTests {
    /// Answers each request with the same bytes; the connection ends behind them if `closes`.
    private func server(_ answer: String, closes: Bool = false) throws -> ScriptedServer {
        try ScriptedServer { peer, _ in
            repeat {
                try peer.readHead()
                try peer.send(answer)
            } while !closes
        }
    }

    /// Answers that are whole: method, status, and content as it comes out.
    static let answers: [(HTTPMethod, String, String)] = [
        (.get, "200 OK\r\nContent-Length: 0\r\n\r\n", ""),
        (.get, "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""),
        (.get, "200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde"),
        (.head, "200 OK\r\nContent-Length: 5\r\n\r\n", ""),
        (.head, "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ""),
        (.get, "204 No Content\r\n\r\n", ""),
        (.get, "304 Not Modified\r\nContent-Length: 5\r\n\r\n", ""),
        (.get, "404 Not Found\r\nContent-Length: 4\r\n\r\nnone", "none"),
        (.get, "103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", "a"),
    ]

    @Test("whole answers keep the connection", arguments: answers)
    func whole(_ method: HTTPMethod, _ answer: String, _ content: String) async throws {
        let server = try server("HTTP/1.1 " + answer)
        defer { server.stop() }
        let client = try ClientFixture.client()
        for _ in 0..<3 {
            #expect(try await client.fetch(HTTPRequest(method, "/"), from: server).1 == content)
        }
        #expect(server.connectionCount == 1)
        await client.close()
    }

    @Test("an answer without length ends with the connection", arguments: ["1.1", "1.0"])
    func untilClose(_ version: String) async throws {
        let server = try server("HTTP/\(version) 200 OK\r\n\r\nall there is", closes: true)
        defer { server.stop() }
        let client = try ClientFixture.client()
        for _ in 0..<2 { #expect(try await client.fetch(from: server).1 == "all there is") }
        #expect(server.connectionCount == 2)
        #expect(await client.counters.connectionsOpen == 0)
    }

    @Test("trailers come behind chunks")
    func trailers() async throws {
        let content = "3\r\nabc\r\n0\r\nX-Sum: 6\r\nHost: evil\r\n\r\n"
        let server = try server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(content)")
        defer { server.stop() }
        let client = try ClientFixture.client()
        let (response, text) = try await client.fetch(from: server)
        #expect(text == "abc")
        #expect(await response.body.trailers["x-sum"] == "6")
        #expect(await response.body.trailers.count == 1)
        await client.close()
    }

    @Test("what is not read stays with the server, and comes whole afterwards")
    func backPressure() async throws {
        let size = 64 << 20
        let taken = Mutex(0)
        let stalled = Latch()
        let mayGoOn = Latch()
        let server = try ScriptedServer { peer, _ in
            try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
            let piece = [UInt8](repeating: 7, count: 1 << 20)
            var sent = 0
            // As much as is taken without anybody reading.
            while case let count = try peer.sendWithoutWaiting(piece), count > 0 { sent += count }
            taken.withLock { $0 = sent }
            stalled.open()
            mayGoOn.waitBlocking()
            while sent < size {
                let count = min(piece.count, size - sent)
                try peer.send(piece[..<count])
                sent += count
            }
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let response = try await client.send(HTTPRequest(.get, "/"), to: HTTPDestination(server.address))
        await stalled.wait()
        #expect(taken.withLock { $0 } < size / 2)
        mayGoOn.open()
        var count = 0
        for try await piece in response.body { count += piece.count }
        #expect(count == size)
        await client.close()
    }

    @Test("a limit on what is gathered ends the reading")
    func limit() async throws {
        let server = try server(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        )
        defer { server.stop() }
        let client = try ClientFixture.client()
        let response = try await client.send(HTTPRequest(.get, "/"), to: HTTPDestination(server.address))
        await #expect(throws: HTTPBody.TooLarge(limit: 4)) { try await response.body.collect(upTo: 4) }
        await client.close()
    }

    @Test("content may be read by one task at a time")
    func twoReaders() async throws {
        let mayGoOn = Latch()
        let server = try ScriptedServer { peer, _ in
            try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
            mayGoOn.waitBlocking()
            try peer.send("hello")
        }
        defer { server.stop() }
        let client = try ClientFixture.client()
        let response = try await client.send(HTTPRequest(.get, "/"), to: HTTPDestination(server.address))
        let results = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    do {
                        return try await response.body.collect(upTo: 5).count == 5
                    } catch HTTPClientError.answerOver {
                        mayGoOn.open()
                        return false
                    }
                }
            }
            return try await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(results.count { $0 } == 1)
        await client.close()
    }
}
