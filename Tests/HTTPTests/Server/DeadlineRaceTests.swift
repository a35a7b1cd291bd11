import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing

@Suite("a deadline that passes in the turn that brings bytes", .timeLimit(.minutes(1)))
struct DeadlineRaceTests {
    @Test(
        "is not lost, and not taken for another",
        arguments: [
            ("GET /", 408, "head_timeout"),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n123", 408, "content_timeout"),
        ]
    )
    func stillCounts(part: String, status: Int, reason: String) async throws {
        // A group of its own: its loop is held up on purpose.
        let group = try EventLoopGroup(count: 1)
        try await TestServer.run(on: group) { settings in
            settings.headTimeout = .milliseconds(100)
            settings.contentTimeout = .milliseconds(100)
        } handler: { request in
            HTTPResponse(.ok, body: HTTPBody(try await request.body.collect(upTo: 1 << 20)))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send(part)
            // Each look at the counters is a turn of the loop: behind three of them the server waits for more.
            for _ in 0..<3 { _ = await server.counters }
            let held = Events<Void>()
            group.loops[0].execute {
                let end = MonotonicInstant.now + .milliseconds(150)
                held.note(())
                while MonotonicInstant.now < end {}
            }
            _ = await held.next()
            try await client.send("4")
            let answer = try await client.response()
            #expect(answer.status == status)
            #expect(answer.text.contains("\"reason\":\"\(reason)\""))
            client.close()
        }
        group.stop()
    }
}
