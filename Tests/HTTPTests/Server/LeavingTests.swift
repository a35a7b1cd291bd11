import Foundation
import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing

@Suite("clients that leave (H22)", .timeLimit(.minutes(1))) struct LeavingTests {
    @Test("one that only ends its sending side is answered in full", arguments: ["GET", "POST"])
    func halfClose(method: String) async throws {
        let size = 4 << 20
        try await TestServer.run { request in
            _ = try await request.body.collect(upTo: 100)
            return HTTPResponse(.ok, body: HTTPBody(Pieces(count: size >> 16, of: 1 << 16)))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let content = method == "POST" ? "Content-Length: 4\r\n\r\nbody" : "\r\n"
            try await client.send("\(method) / HTTP/1.1\r\nHost: a\r\n\(content)")
            client.finishSending()
            // An interim answer asks whether anybody still listens.
            var answer = try await client.response()
            if answer.status == 100 { answer = try await client.response() }
            #expect(answer.body == Pieces.bytes(0..<size))
            #expect(try await client.rest().ending == .clean)
            #expect(await server.finalCounters().clientDisconnected == 0)
        }
    }

    @Test("all that was asked before the half close is answered")
    func halfCloseBehindMany() async throws {
        try await TestServer.run { request in
            HTTPResponse(.ok, body: HTTPBody(request.head.target))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send((0..<50).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            client.finishSending()
            for number in 0..<50 { #expect(try await client.response().text == "/\(number)") }
            #expect(try await client.rest().ending == .clean)
        }
    }

    @Test(
        "an end in the middle of a head is a mistake, at its begin it is none",
        arguments: ["", "GET / HT"]
    )
    func endsInHead(part: String) async throws {
        try await TestServer.run { _ in
            HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send(part)
            client.finishSending()
            let (bytes, ending) = try await client.rest()
            #expect(bytes.isEmpty == part.isEmpty)
            #expect(ending == .clean)
            #expect(await server.finalCounters().refusals == (part.isEmpty ? [:] : [.unexpectedEnd: 1]))
        }
    }

    enum Leaving: CaseIterable { case reset, close, halfClose }

    @Test("one that leaves in the middle of its upload ends the handler", arguments: Leaving.allCases)
    func duringUpload(_ way: Leaving) async throws {
        let events = Events<String>()
        try await TestServer.run { request in
            do {
                for try await piece in request.body { events.note("\(piece.count) bytes") }
                events.note("whole")
            } catch {
                events.note("failed")
                throw error
            }
            return HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n123")
            #expect(await events.next() == "3 bytes")
            switch way {
            case .reset: client.reset()
            case .close: client.close()
            case .halfClose: client.finishSending()
            }
            #expect(await events.next() == "failed")
            let counters = await server.finalCounters()
            #expect(counters.clientDisconnected == 1)
            #expect(counters.handlerFailures == 0)
            #expect(counters.refusals.isEmpty)
        }
    }

    @Test("a reset cancels a handler that waits for something else")
    func whileHandling() async throws {
        let events = Events<String>()
        try await TestServer.run { _ in
            events.note("begun")
            do {
                try await EventLoop.current?.sleep(for: .seconds(50))
            } catch {
                events.note("cancelled")
                throw error
            }
            return HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + HostileInputTests.behind)
            #expect(await events.next() == "begun")
            client.reset()
            #expect(await events.next() == "cancelled")
            let counters = await server.finalCounters()
            #expect(counters.clientDisconnected == 1)
            #expect(counters.requests == 1)
            #expect(counters.handlerFailures == 0)
        }
    }

    @Test(
        "one that leaves in the middle of its download ends the stream",
        arguments: [Leaving.reset, .close]
    )
    func duringDownload(_ way: Leaving) async throws {
        let asked = Events<Int>()
        try await TestServer.run { _ in
            HTTPResponse(.ok, body: HTTPBody(Pieces(count: .max, of: 1 << 16) { asked.note($0) }))
        } _: { server in
            let client = try await RawClient.connect(to: server.address, receiveBuffer: 1 << 14)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await client.bytes(100_000)
            if way == .reset { client.reset() } else { client.close() }
            // The endless stream would hold the drain up if it went on.
            let counters = await server.finalCounters()
            #expect(counters.clientDisconnected == 1)
            #expect(counters.writeTimeouts == 0)
        }
    }
}

@Suite("clients that leave a silent answer", .timeLimit(.minutes(3))) struct SilentAnswerTests {
    @Test(
        "a stream that waits for its next piece ends when its client is gone; it takes a minute where that has read all",
        arguments: LeavingTests.Leaving.silent
    )
    func leaves(_ way: LeavingTests.Leaving) async throws {
        let events = Events<String>()
        try await TestServer.run { _ in
            let pieces = Pieces(count: 2, of: 10) { number in
                guard number == 1 else { return }
                events.note("waits")
                do { try await EventLoop.current?.sleep(for: .seconds(100)) } catch {
                    events.note("cancelled")
                }
            }
            return HTTPResponse(.ok, body: HTTPBody(pieces))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await events.next() == "waits")
            // All of it, or its own system would answer the end with a reset.
            var head: [UInt8] = []
            while !head.ends(with: "\r\n\r\n") { head += try await client.bytes(1) }
            _ = try await client.bytes(15)
            if way == .reset { client.reset() } else { client.close() }
            #expect(await events.next() == "cancelled")
            #expect(await server.finalCounters().clientDisconnected == 1)
        }
    }
}

extension LeavingTests.Leaving {
    /// The ways in which a client leaves who has read all; an orderly end is not told from a half close for a minute.
    fileprivate static let silent: [Self] =
        ProcessInfo.processInfo.environment["TEST_SLOW"] == "1" ? [.reset, .close] : [.reset]
}

extension [UInt8] {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
