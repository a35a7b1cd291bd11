import Foundation
import HTTP
import Reactor
import TestSupport
import Testing

@testable import Gateway

@Suite("event streams: drains (G20, G21)", .timeLimit(.minutes(1))) struct EventStreamTests {
    private static let head = """
        HTTP/1.1 200 OK\r
        Content-Type: text/event-stream; charset=utf-8\r
        Transfer-Encoding: chunked\r
        \r

        """

    private static func chunk(_ text: String) -> String {
        "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
    }

    /// A client that has read the head of its answer.
    private static func ask(_ gateway: TestGateway) async throws -> Wire {
        let port = gateway.port
        return try await onThread {
            let wire = try Wire.connect(to: port)
            try wire.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
            let head = try wire.readHead().lowercased()
            #expect(head.contains("\r\ntransfer-encoding: chunked\r\n"))
            return wire
        }
    }

    /// Reads a content in chunks up to its end; nil when the connection ends before.
    private static func content(_ wire: Wire) async throws -> String? {
        try await onThread {
            var content: [UInt8] = []
            do throws(Wire.Ending) {
                while true {
                    var line: [UInt8] = []
                    while line.suffix(2) != [13, 10] { line += try wire.read(count: 1) }
                    let size = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16) ?? 0
                    let chunk = try wire.read(count: size + 2)
                    if size == 0 { return String(decoding: content, as: UTF8.self) }
                    content += chunk.dropLast(2)
                }
            } catch {
                return nil
            }
        }
    }

    /// A text without its `retry` field, and that field's milliseconds.
    private static func split(_ text: String) throws -> (events: String, retry: Int) {
        let at = try #require(text.range(of: "retry: "))
        let digits = text[at.upperBound...].prefix { $0.isNumber }
        return (String(text[..<at.lowerBound] + text[digits.endIndex...]), try #require(Int(digits)))
    }

    /// What has been read of a drained stream: how it began to flow, and how the drain ended it.
    private static func drained(
        _ gateway: TestGateway,
        first: String
    ) async throws -> (events: String, retry: Int) {
        let wire = try await ask(gateway)
        let start = try await onThread { try wire.read(count: Self.chunk(first).utf8.count) }
        #expect(String(decoding: start, as: UTF8.self) == Self.chunk(first))
        #expect(gateway.tunnels.count(of: .eventStream) == 1)
        async let cut = gateway.tunnels.drain(within: .seconds(20))
        let text = try #require(try await content(wire))
        #expect(await cut == 0)
        return try Self.split(text)
    }

    @Test("one that waits for its next event is ended at once, with the time to wait before coming back")
    func waiting() async throws {
        let endings = Events<Wire.Ending>()
        try await TestGateway.run { wire in
            try wire.readHead()
            try wire.send(Self.head + Self.chunk("id: 1\ndata: a\n\n"))
            endings.note(wire.readToEnd().ending)
        } _: { gateway in
            let (events, retry) = try await Self.drained(gateway, first: "id: 1\ndata: a\n\n")
            #expect(events == "\n\n")
            #expect((250...5000).contains(retry))
            // The upstream is let go of.
            #expect(await endings.next() != nil)
        }
    }

    @Test("one within an event is ended behind it")
    func within() async throws {
        let isDraining = Latch()
        try await TestGateway.run { wire in
            try wire.readHead()
            try wire.send(Self.head + Self.chunk("data: par"))
            isDraining.waitBlocking()
            try wire.send(Self.chunk("tial\r\n\r\n"))
            _ = wire.readToEnd()
        } _: { gateway in
            async let result = Self.drained(gateway, first: "data: par")
            try await eventually("a drain") { gateway.tunnels.isDraining }
            isDraining.open()
            #expect(try await result.events == "tial\r\n\r\n\n\n")
        }
    }

    static let unfinished = [("data: par", "\n\n"), ("data: a\n", "\n"), ("data: a\r", "\n")]

    @Test("an event that does not end is left unfinished, so that no client takes it for one", arguments: unfinished)
    func endless(_ start: String, _ end: String) async throws {
        try await TestGateway.run {
            $0.messagePatience = .milliseconds(100)
        } upstream: { wire in
            try wire.readHead()
            try wire.send(Self.head + Self.chunk(start))
            _ = wire.readToEnd()
        } _: { gateway in
            let (events, _) = try await Self.drained(gateway, first: start)
            #expect(events == end)
        }
    }

    @Test("one that flows without a pause is ended between two events")
    func flowing() async throws {
        let event = "id: 7\ndata: \(String(repeating: "x", count: 3000))\n\n"
        try await TestGateway.run { wire in
            try wire.readHead()
            try wire.send(Self.head + Self.chunk(event))
            // Chunks that end anywhere but with an event.
            let odd = Array(String(repeating: event, count: 7).utf8)
            while true {
                for start in stride(from: 0, to: odd.count, by: 1001) {
                    let piece = odd[start..<min(odd.count, start + 1001)]
                    try wire.send(Self.chunk(String(decoding: piece, as: UTF8.self)))
                }
            }
        } _: { gateway in
            let (events, _) = try await Self.drained(gateway, first: event)
            #expect(events.hasSuffix("\n\n\n\n") || events == "\n\n")
            let whole = events.dropLast(2)
            #expect(whole.utf8.count % event.utf8.count == 0)
            #expect(whole == String(repeating: event, count: whole.utf8.count / event.utf8.count))
        }
    }

    @Test("without a drain they pass as they are, and are counted while they flow")
    func untouched() async throws {
        let mayEnd = Latch()
        try await TestGateway.run { wire in
            try wire.readHead()
            try wire.send(Self.head + Self.chunk("data: a\n\ndata: unfinished"))
            mayEnd.waitBlocking()
            try wire.send("0\r\n\r\n")
            _ = wire.readToEnd()
        } _: { gateway in
            let wire = try await Self.ask(gateway)
            #expect(gateway.tunnels.count(of: .eventStream) == 1)
            mayEnd.open()
            #expect(try await Self.content(wire) == "data: a\n\ndata: unfinished")
            try await eventually("no stream") { gateway.tunnels.count == 0 }
        }
    }

    @Test("one that the upstream cuts is cut for the client as well")
    func cut() async throws {
        try await TestGateway.run { wire in
            try wire.readHead()
            try wire.send(Self.head + Self.chunk("data: a\n\n"))
            wire.finish()
        } _: { gateway in
            let wire = try await Self.ask(gateway)
            #expect(try await Self.content(wire) == nil)
        }
    }

    @Test("a client that leaves takes its stream off the list")
    func leaves() async throws {
        let endings = Events<Wire.Ending>()
        try await TestGateway.run { wire in
            try wire.readHead()
            try wire.send(Self.head + Self.chunk("data: a\n\n"))
            endings.note(wire.readToEnd().ending)
        } _: { gateway in
            let wire = try await Self.ask(gateway)
            #expect(gateway.tunnels.count(of: .eventStream) == 1)
            wire.reset()
            #expect(await endings.next() != nil)
            try await eventually("no stream") { gateway.tunnels.count == 0 }
        }
    }

    static let others: [(HTTPFields, Bool)] = [
        ([.contentType: "text/event-stream"], true), ([.contentType: "Text/Event-Stream;charset=utf-8"], true),
        ([.contentType: "text/event-stream ; a=b"], true), ([.contentType: "text/event-streams"], false),
        ([.contentType: "text/plain"], false), ([:], false),
        ([.contentType: "text/event-stream", "content-encoding": "gzip"], false),
    ]

    @Test("is what says so and can be read", arguments: others)
    func recognises(_ fields: HTTPFields, _ isOne: Bool) {
        let stream = HTTPBody(AsyncStream<[UInt8]> { $0.finish() })
        #expect(OpenTunnels.isEventStream(HTTPResponse(.ok, fields: fields, body: stream)) == isOne)
        #expect(!OpenTunnels.isEventStream(HTTPResponse(.ok, fields: fields, body: HTTPBody("data: a\n\n"))))
        #expect(!OpenTunnels.isEventStream(HTTPResponse(.notFound, fields: fields, body: stream)))
    }
}
