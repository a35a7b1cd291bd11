import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing

@Suite("a client that closes while its request is handled", .timeLimit(.minutes(1))) struct ClosedClientTests
{
    /// A handler that tells when it begins, and works until it is cancelled or told to answer.
    private func serving(
        _ body:
            @escaping @Sendable (HTTPServer, Events<String>, AsyncStream<Void>.Continuation) async throws ->
            Void
    ) async throws {
        let events = Events<String>()
        let (answers, answer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let handler: HTTPHandler = { _ in
            events.note("begun")
            for await _ in answers { return HTTPResponse(.ok, body: HTTPBody("done")) }
            events.note("cancelled")
            throw CancellationError()
        }
        try await TestServer.run(handler: handler) { try await body($0, events, answer) }
    }

    @Test("one that closed both directions has its handler cancelled, though nothing was to be written yet")
    func closes() async throws {
        try await serving { server, events, _ in
            let client = try await RawClient.connect(to: server.address)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await events.next() == "begun")
            client.close()
            #expect(await events.next() == "cancelled")
            #expect(await server.finalCounters().clientDisconnected == 1)
        }
    }

    @Test("one that closed its own direction alone is answered, behind an interim answer")
    func halfCloses() async throws {
        try await serving { server, events, answer in
            let client = try await RawClient.connect(to: server.address)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await events.next() == "begun")
            client.finishSending()
            let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
            #expect(try await client.bytes(interim.count) == interim)
            answer.yield()
            let response = try await client.response()
            #expect(response.status == 200)
            #expect(String(decoding: response.body, as: UTF8.self) == "done")
            client.close()
        }
    }
}
