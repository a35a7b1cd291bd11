import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing

@Suite("one loop for many", .timeLimit(.minutes(1))) struct FairnessTests {
    @Test("a client that takes all it gets at once does not keep the loop from others")
    func sharesTheLoop() async throws {
        let pieces = Events<Int>()
        let handler: HTTPHandler = { request in
            guard request.head.path == "/endless" else { return HTTPResponse(.ok, body: HTTPBody("others")) }
            return HTTPResponse(.ok, body: HTTPBody(Pieces(count: .max, of: 1 << 16) { pieces.note($0) }))
        }
        try await TestServer.run(on: try TestServer.single, handler: handler) { server in
            let greedy = try await RawClient.connect(to: server.address)
            try await greedy.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
            let reading = Task {
                var total = 0
                while !Task.isCancelled { total += try await greedy.bytes(1 << 20).count }
                return total
            }
            #expect(await pieces.next() != nil)
            for _ in 0..<20 {
                let other = try await RawClient.connect(to: server.address)
                #expect(try await other.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
                other.close()
            }
            reading.cancel()
            _ = try await reading.value
            greedy.close()
        }
    }
}
