import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing

@Suite("what an answer's observer is told", .timeLimit(.minutes(1))) struct ExchangeEndTests {
    private final class Observer: HTTPExchangeObserver {
        let ends = Events<HTTPExchangeEnd>()
        func exchangeEnded(_ end: HTTPExchangeEnd) { ends.note(end) }
    }

    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Serves `answer` to what `act` sends, and gives what the observer was told, which must be once.
    private static func end(
        _ change: (inout HTTPServerSettings) -> Void = { _ in },
        answer: @escaping HTTPHandler,
        _ act: @escaping @Sendable (RawClient) async throws -> Void
    ) async throws -> HTTPExchangeEnd? {
        let observer = Observer()
        try await TestServer.run(change) { request in
            var response = try await answer(request)
            response.observer = observer
            return response
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await act(client)
            _ = await observer.ends.next()
            client.close()
        }
        #expect(observer.ends.all.count == 1)
        return observer.ends.all.first
    }

    @Test("an answer that was sent, with the bytes of both contents", arguments: [false, true])
    func sent(streams: Bool) async throws {
        let end = try await Self.end { request in
            _ = try await request.body.collect(upTo: 100)
            let body = streams ? HTTPBody(Pieces(count: 3, of: 5)) : HTTPBody(Pieces.bytes(0..<15))
            return HTTPResponse(.created, body: body)
        } _: { client in
            let request =
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"
            let answer = try await client.exchange(request)
            #expect(answer.status == 201)
        }
        #expect(end?.outcome == .sent)
        #expect(end?.status == .created)
        #expect(end?.receivedByteCount == 4)
        #expect(end?.sentByteCount == 15)
    }

    private final class Adding: HTTPExchangeObserver {
        var fieldByteCount: Int { 64 }
        func appendFields(to head: inout OutputSpan<UInt8>) {
            for byte in "x-added: 1\r\n".utf8 { head.append(byte) }
        }
        func exchangeEnded(_ end: HTTPExchangeEnd) {}
    }

    @Test(
        "an observer's fields go out with the answer's own, whatever the answer",
        arguments: ["GET", "HEAD"]
    )
    func adds(method: String) async throws {
        try await TestServer.run { _ in
            var response = HTTPResponse(.ok, fields: ["x-own": "2"], body: HTTPBody("text"))
            response.observer = Adding()
            return response
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let answer = try await client.exchange(
                "\(method) / HTTP/1.1\r\nHost: a\r\n\r\n",
                isHead: method == "HEAD"
            )
            #expect(answer["x-added"] == "1" && answer["x-own"] == "2")
            #expect(answer["content-length"] == "4")
            client.close()
        }
    }

    @Test("to HEAD no content goes out")
    func head() async throws {
        let end = try await Self.end { _ in
            HTTPResponse(.ok, body: HTTPBody("some text"))
        } _: { client in
            _ = try await client.exchange("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", isHead: true)
        }
        #expect(end?.sentByteCount == 0)
    }

    @Test("a client that left while the handler worked")
    func left() async throws {
        let begun = Events<Void>()
        let end = try await Self.end { _ in
            begun.note(())
            try? await EventLoop.current?.sleep(for: .seconds(20))
            return HTTPResponse(.ok)
        } _: { client in
            try await client.send(Self.get)
            _ = await begun.next()
            client.reset()
        }
        #expect(end?.outcome == .clientLeft)
    }

    @Test("a handler that took too long")
    func timedOut() async throws {
        let end = try await Self.end {
            $0.requestTimeout = .milliseconds(30)
        } answer: { _ in
            try? await EventLoop.current?.sleep(for: .seconds(20))
            return HTTPResponse(.ok)
        } _: { client in
            let answer = try await client.exchange(Self.get)
            #expect(answer.status == 503)
        }
        #expect(end?.outcome == .timedOut)
        #expect(end?.status == .serviceUnavailable)
    }

    @Test("a content that was refused while the handler read it")
    func refused() async throws {
        let end = try await Self.end {
            $0.contentByteCount = 3
        } answer: { request in
            _ = try? await request.body.collect(upTo: 100)
            return HTTPResponse(.ok)
        } _: { client in
            let request =
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"
            let answer = try await client.exchange(request)
            #expect(answer.status == 413)
        }
        #expect(end?.outcome == .refused(.contentTooLarge))
        #expect(end?.status == .contentTooLarge)
    }

    @Test("an answer that failed on its way")
    func contentFailed() async throws {
        let end = try await Self.end { _ in
            HTTPResponse(.ok, body: HTTPBody(Pieces(count: 2, of: 5, fails: true)))
        } _: { client in
            try await client.send(Self.get)
            #expect(try await client.rest().ending == .reset)
        }
        #expect(end?.outcome == .contentFailed)
        #expect(end?.sentByteCount == 10)
    }

    @Test("a client that took no more of the answer")
    func writeTimedOut() async throws {
        let end = try await Self.end {
            $0.writeTimeout = .milliseconds(50)
        } answer: { _ in
            HTTPResponse(.ok, body: HTTPBody([UInt8](repeating: 0, count: 32 << 20)))
        } _: { client in
            try await client.send(Self.get)
        }
        #expect(end?.outcome == .writeTimedOut)
    }
}
