import HTTP
import Synchronization
import Testing

@testable import Routing

/// Event streams (WHATWG HTML §9.2).
@Suite("server-sent events") struct ServerEventTests {
    @Test(
        "an event's text",
        arguments: [
            (ServerEvent("a"), "data: a\n\n"), (ServerEvent(""), "data: \n\n"),
            (ServerEvent("a\nb\r\nc\rd\n"), "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"),
            (
                ServerEvent("é", event: "up", id: "7", retry: .milliseconds(1500)),
                "id: 7\nevent: up\nretry: 1500\ndata: é\n\n"
            ),
            (
                ServerEvent("a", event: "x\ndata: evil", id: "1\r\n\ndata: evil"),
                "id: 1\nevent: x\ndata: a\n\n"
            ),
            (ServerEvent("a", id: "1\u{0}2"), "id: 1\ndata: a\n\n"),
            (ServerEvent("\r\n\r\n"), "data: \ndata: \ndata: \n\n"),
            (ServerEvent(" a: b", retry: .seconds(-1)), "retry: 0\ndata:  a: b\n\n"),
        ]
    )
    func text(event: ServerEvent, text: String) {
        #expect(String(decoding: event.bytes, as: UTF8.self) == text)
    }

    private static func body(_ events: ServerSentEvents<AsyncStream<ServerEvent>>) throws -> HTTPBody {
        let request = Request(http: HTTPRequest(.get, "/"), route: RouteID(index: 0), principal: nil)
        return events.response(to: request).body
    }

    @Test("events follow the opening comment, heartbeats fill the silence")
    func heartbeat() async throws {
        let (stream, source) = AsyncStream.makeStream(
            of: ServerEvent.self,
            bufferingPolicy: .bufferingNewest(8)
        )
        let (pauses, ticks) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(8))
        let events = ServerSentEvents(stream, heartbeat: .seconds(15)) { time in
            #expect(time == .seconds(15))
            for await _ in pauses { return }
            throw CancellationError()
        }
        var pieces = try Self.body(events).makeAsyncIterator()
        func next() async throws -> String? {
            try await pieces.next().map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(try await next() == ":\n\n")
        source.yield(ServerEvent("1"))
        #expect(try await next() == "data: 1\n\n")
        // A beat that finds nobody waiting passes; so the source ticks until one is heard.
        let ticker = Task {
            while !Task.isCancelled {
                ticks.yield()
                await Task.yield()
            }
        }
        #expect(try await next() == ":\n\n")
        ticker.cancel()
        source.yield(ServerEvent("2"))
        var answer = try await next()
        while answer == ":\n\n" { answer = try await next() }
        #expect(answer == "data: 2\n\n")
        source.finish()
        answer = try await next()
        while answer == ":\n\n" { answer = try await next() }
        #expect(answer == nil)
    }

    @Test("who stops reading ends the source")
    func abandoned() async throws {
        let (ends, end) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (stream, source) = AsyncStream.makeStream(
            of: ServerEvent.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        source.onTermination = { _ in end.yield() }
        do {
            var pieces = try Self.body(ServerSentEvents(stream)).makeAsyncIterator()
            _ = try await pieces.next()
            source.yield(ServerEvent("1"))
            #expect(try await pieces.next() == Array("data: 1\n\n".utf8))
        }
        for await _ in ends { break }
    }

    @Test("through a socket, with the last event's id")
    func socket() async throws {
        let router = try Router.open {
            Get("/events") { request in
                let first = Int(request.lastEventID ?? "0") ?? 0
                return ServerSentEvents(Counted(next: first + 1, last: first + 3))
            }
        }
        try await Live.run(router) { server in
            let answer = try await server.send(HTTPRequest(.get, "/events", fields: ["last-event-id": "40"]))
            #expect(answer.fields[.contentType] == "text/event-stream")
            #expect(answer.fields[.cacheControl] == "no-store")
            #expect(answer.text == ":\n\n" + (41...43).map { "id: \($0)\ndata: \($0)\n\n" }.joined())
        }
    }

    struct Counted: AsyncSequence, Sendable {
        let next: Int
        let last: Int
        struct AsyncIterator: AsyncIteratorProtocol {
            var rest: ClosedRange<Int>.SubSequence
            mutating func next() async -> ServerEvent? {
                rest.popFirst().map { ServerEvent("\($0)", id: "\($0)") }
            }
        }
        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: (next...last)[...]) }
    }
}
