import HTTP
import Reactor
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// Gateways behind nginx that are replaced one after the other, as a rollout does.
@Suite(
    "G20: what is open when a gateway goes",
    .enabled(if: Program.isWanted("nginx")),
    .timeLimit(.minutes(3))
)
struct DrainFeatureTests {
    private static let document = """
        {"routes": [
          {"path": "/chat", "service": "echo", "auth": "open", "upgrade": ["websocket"]},
          {"path": "/events", "service": "echo", "auth": "open", "stream": true}
        ]}
        """

    /// Lets each gateway end and come back, with something meanwhile.
    private static func rollOut(_ stage: FrontStage, _ more: () async throws -> Void) async throws {
        for gateway in stage.gateways {
            try await more()
            gateway.beginDrain()
            #expect(await gateway.ended() == .exited(0))
            try await gateway.restart()
        }
        try await more()
    }

    // MARK: WebSockets

    /// What the instances were told, by client, in order.
    private final class Received: Sendable {
        private let texts = Mutex<[Int: [Int]]>([:])
        func note(_ client: Int, _ number: Int) { texts.withLock { $0[client, default: []].append(number) } }
        func numbers(of client: Int) -> [Int] { texts.withLock { $0[client] ?? [] } }
    }

    private static func talk(_ wire: Wire, _ received: Received) throws {
        try ScriptedUpstream.switching(wire)
        while let frame = TestFrame.read(try wire.readFrame())?.first {
            if frame.opcode == 8 {
                try wire.send(TestFrame(opcode: 8, payload: Array(frame.payload.prefix(2))).bytes)
                wire.finish()
                _ = wire.readToEnd()
                return
            }
            let parts = String(decoding: frame.payload, as: UTF8.self).split(separator: ".").compactMap {
                Int($0)
            }
            received.note(parts[0], parts[1])
            try wire.send(TestFrame.text(frame.payload).bytes)
        }
    }

    @Test(
        "G20: sockets are closed with 1012 and a time to come back; elsewhere all goes on, and no message is lost"
    )
    func sockets() async throws {
        let received = Received()
        let upstreams = try (0..<4).map { _ in try ScriptedUpstream { try Self.talk($0, received) } }
        defer { for upstream in upstreams { upstream.stop() } }
        let addresses = upstreams.map { SocketAddress.loopback(port: $0.port) }
        try await FrontStage.run(Self.document, before: addresses) { stage in
            let port = try #require(stage.front.port)
            let clients = 12
            let progress = Cell([Int](repeating: 0, count: clients))
            let over = Cell(false)
            try await withThrowingTaskGroup(of: [String].self) { tasks in
                for client in 0..<clients {
                    tasks.addTask {
                        try await onThread {
                            try Self.speak(client, at: port) { number in
                                progress.withLock { $0[client] = number }
                                return over.withLock { !$0 }
                            }
                        }
                    }
                }
                try await Self.rollOut(stage) {
                    let before = progress.withLock { $0 }
                    try await eventually("all go on") {
                        progress.withLock { zip($0, before).allSatisfy { $0 > $1 + 20 } }
                    }
                }
                over.withLock { $0 = true }
                var closes: [String] = []
                for try await reasons in tasks { closes += reasons }
                // Each gateway went once, and nginx gave both of them sockets.
                #expect(closes.count >= clients, "\(closes)")
                for reason in closes {
                    let delay = Int(reason.dropFirst(13).dropLast(3)) ?? 0
                    #expect(reason.hasPrefix("reconnect in ") && (250...5_000).contains(delay), "\(reason)")
                }
                #expect(Set(closes).count > closes.count / 2, "the returns are spread")
            }
            for client in 0..<clients {
                let numbers = received.numbers(of: client)
                let said = progress.withLock { $0[client] }
                #expect(Set(numbers).isSuperset(of: 0...said), "client \(client)")
                // In order; what was said at the close may come twice.
                #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 || $1 == $0 + 1 })
            }
        }
    }

    /// Says 0, 1, 2, … until `goOn`, which is told the last number that came back, says otherwise.
    private static func speak(
        _ client: Int,
        at port: UInt16,
        _ goOn: (Int) -> Bool
    ) throws -> [String] {
        var (number, closes) = (0, [String]())
        while true {
            let wire = try Wire.connect(to: port)
            try wire.send(TestGateway.handshake)
            let head = try wire.readHead()
            guard head.hasPrefix("HTTP/1.1 101 ") else { throw NeverCame(what: "101, but \(head)") }
            var isOpen = true
            while isOpen {
                let text = Array("\(client).\(number)".utf8)
                try wire.send(TestFrame.text(text, mask: [1, 2, 3, 4]).bytes)
                let answer = try #require(TestFrame.read(try wire.readFrame())?.first)
                if let close = answer.close {
                    #expect(close.status == 1012)
                    closes.append(close.reason)
                    try wire.send(TestFrame(opcode: 8, payload: [3, 244], mask: [1, 2, 3, 4]).bytes)
                    wire.finish()
                    #expect(wire.readToEnd().bytes.isEmpty)
                    isOpen = false
                } else {
                    #expect(answer.payload == text)
                    guard goOn(number) else { return closes }
                    number += 1
                }
            }
        }
    }

    // MARK: Event streams

    @Test(
        "G20: event streams end between two events and say when to come back; elsewhere they go on without a gap"
    )
    func events() async throws {
        let upstreams = try (0..<4).map { _ in try ScriptedUpstream(Self.tell) }
        defer { for upstream in upstreams { upstream.stop() } }
        let addresses = upstreams.map { SocketAddress.loopback(port: $0.port) }
        try await FrontStage.run(Self.document, before: addresses) { stage in
            let heard = Cell([[Int]](repeating: [], count: 6))
            let over = Cell(false)
            try await withThrowingTaskGroup(of: Int.self) { tasks in
                for client in 0..<6 {
                    tasks.addTask {
                        try await Self.listen(stage) { number in
                            heard.withLock { $0[client].append(number) }
                            return over.withLock { !$0 }
                        }
                    }
                }
                try await Self.rollOut(stage) {
                    let before = heard.withLock { $0.map(\.count) }
                    try await eventually("all hear more") {
                        heard.withLock { zip($0, before).allSatisfy { $0.count > $1 + 20 } }
                    }
                }
                over.withLock { $0 = true }
                let returns = try await tasks.reduce(0, +)
                #expect(returns >= 6)
            }
            for numbers in heard.withLock({ $0 }) { #expect(numbers == Array(1...numbers.count)) }
        }
    }

    /// Tells numbers from the one behind `Last-Event-ID` on, as long as somebody listens.
    private static func tell(_ wire: Wire) throws {
        let head = try wire.readHead().lowercased()
        let last = head.split(separator: "\r\n").first { $0.hasPrefix("last-event-id:") }
        var number = last.flatMap { Int($0.dropFirst(14).filter(\.isNumber)) } ?? 0
        try wire.send(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        while !wire.hears(within: 2) {
            number += 1
            let event = "id: \(number)\ndata: \(number)\n\n"
            try wire.send("\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n")
        }
    }

    /// Listens as an `EventSource` does, until `goOn` says otherwise; how often it came back.
    private static func listen(_ stage: FrontStage, _ goOn: (Int) -> Bool) async throws -> Int {
        var (last, returns) = (0, 0)
        while true {
            let request = HTTPRequest(.get, "/events", fields: ["last-event-id": "\(last)"])
            let response = try await stage.client.send(request, to: HTTPDestination(stage.front))
            #expect(response.head.status == .ok)
            var text = ""
            var hasRetry = false
            for try await piece in response.body {
                text += String(decoding: piece, as: UTF8.self)
                while let end = text.firstRange(of: "\n\n") {
                    let lines = text[..<end.lowerBound].split(separator: "\n")
                    text = String(text[end.upperBound...])
                    hasRetry = hasRetry || lines.contains { $0.hasPrefix("retry: ") }
                    guard let data = lines.first(where: { $0.hasPrefix("data: ") }) else { continue }
                    last = Int(data.dropFirst(6)) ?? -1
                    guard goOn(last) else { return returns }
                }
            }
            #expect(hasRetry || text.hasPrefix("retry: "), "\(text)")
            returns += 1
        }
    }
}
