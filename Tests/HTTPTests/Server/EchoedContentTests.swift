import HTTP
import HTTPWire
import Reactor
import Testing

@Suite("an answer made of the request's content", .timeLimit(.minutes(1))) struct EchoedContentTests {
    private let content = String(repeating: "0123456789abcdef", count: 20_000)

    private func echoing(_ body: @escaping @Sendable (RawClient) async throws -> Void) async throws {
        try await TestServer.run { request in
            HTTPResponse(.ok, body: request.body)
        } _: { server in
            try await body(try await RawClient.connect(to: server.address))
        }
    }

    @Test("it keeps the connection, also when it is longer than what is read ahead")
    func keepsAlive() async throws {
        try await echoing { client in
            for _ in 0..<3 {
                let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(content.utf8.count)\r\n\r\n"
                let answer = try await client.exchange(head + content)
                #expect(answer.status == 200)
                #expect(answer["connection"] == nil)
                #expect(String(decoding: answer.body, as: UTF8.self) == content)
            }
            client.close()
        }
    }

    @Test("chunks come back as chunks, on the same connection")
    func chunked() async throws {
        try await echoing { client in
            for _ in 0..<3 {
                let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                let chunk = "\(String(content.utf8.count, radix: 16))\r\n\(content)\r\n"
                let answer = try await client.exchange(head + chunk + "3\r\nend\r\n0\r\n\r\n")
                #expect(answer["connection"] == nil)
                #expect(String(decoding: answer.body, as: UTF8.self) == content + "end")
            }
            client.close()
        }
    }

    @Test("a client that waits for 100 gets it before the answer begins")
    func continues() async throws {
        try await echoing { client in
            try await client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
            )
            let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
            #expect(try await client.bytes(interim.count) == interim)
            let answer = try await client.exchange("ping")
            #expect(String(decoding: answer.body, as: UTF8.self) == "ping")
            client.close()
        }
    }
}
