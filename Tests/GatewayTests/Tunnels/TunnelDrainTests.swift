import HTTP
import Reactor
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("tunnels: drains (G20)", .timeLimit(.minutes(1))) struct TunnelDrainTests {
    static let mask: [UInt8] = [1, 2, 3, 4]

    /// A client's answer to a Close.
    private static func answer(to close: TestFrame) -> [UInt8] {
        TestFrame(opcode: 8, payload: Array(close.payload.prefix(2)), mask: mask).bytes
    }

    /// Reads frames up to a Close.
    private static func readToClose(_ wire: Wire) throws -> [TestFrame] {
        var frames: [TestFrame] = []
        while frames.last?.opcode != 8 { frames += TestFrame.read(try wire.readFrame()) ?? [] }
        return frames
    }

    /// The milliseconds of `reconnect in 1350 ms`.
    private static func hint(_ close: TestFrame) -> Int? {
        guard let close = close.close, close.status == 1012, close.reason.hasPrefix("reconnect in "),
            close.reason.hasSuffix(" ms")
        else { return nil }
        return Int(close.reason.dropFirst(13).dropLast(3))
    }

    @Test("a silent WebSocket gets a Close 1012; all up to the client's answer reaches the upstream")
    func silent() async throws {
        let received = Events<[TestFrame]>()
        try await TestGateway.run { wire in
            try ScriptedUpstream.switching(wire)
            received.note(try Self.readToClose(wire))
            // A server answers and ends the connection (RFC 6455 §7.1.1).
            try wire.send(TestFrame(opcode: 8, payload: [3, 244]).bytes)
            wire.finish()
            _ = wire.readToEnd()
        } _: { gateway in
            let (wire, _) = try await gateway.connect()
            async let cut = gateway.tunnels.drain()
            let (close, rest) = try await onThread {
                let close = try Self.readToClose(wire)
                try wire.send(TestFrame.text([65], mask: Self.mask).bytes + Self.answer(to: close[0]))
                let rest = wire.readToEnd()
                wire.finish()
                return (close, rest)
            }
            #expect(close.count == 1)
            #expect((250...5000).contains(try #require(Self.hint(close[0]))))
            #expect(rest.bytes.isEmpty)
            #expect(rest.ending == .clean)
            let frames = try #require(await received.next())
            #expect(frames.map(\.opcode) == [1, 8])
            #expect(frames.last?.close?.status == 1012)
            #expect(await cut == 0)
            #expect(await gateway.ends.next()?.reason == .drained)
        }
    }

    @Test("a long message in fragments is let to its end; behind it stands one Close, the last frame")
    func fragments() async throws {
        let fragment = [UInt8](repeating: 88, count: 10_000)
        try await TestGateway.run {
            $0.closeTimeout = .milliseconds(200)
        } upstream: { wire in
            try ScriptedUpstream.switching(wire)
            // Fragmented messages with pings between their frames, as long as they are taken.
            while true {
                try wire.send(TestFrame(opcode: 2, isFinal: false, payload: fragment).bytes)
                for number in 0..<60 {
                    try wire.send(TestFrame(opcode: 0, isFinal: false, payload: fragment).bytes)
                    if number % 7 == 0 { try wire.send(TestFrame(opcode: 9, payload: [7]).bytes) }
                }
                try wire.send(TestFrame(opcode: 0, payload: fragment).bytes)
            }
        } _: { gateway in
            let (wire, _) = try await gateway.connect()
            let flows = Latch()
            async let frames = onThread {
                var frames = TestFrame.read(try wire.readFrame()) ?? []
                for _ in 0..<100 { frames += TestFrame.read(try wire.readFrame()) ?? [] }
                flows.open()
                frames += try Self.readToClose(wire)
                try wire.send(Self.answer(to: frames[frames.count - 1]))
                wire.finish()
                #expect(wire.readToEnd().bytes.count == 0)
                return frames
            }
            await flows.wait()
            #expect(await gateway.tunnels.drain() == 0)
            let seen = try await frames
            let close = try #require(seen.last)
            #expect(Self.hint(close) != nil)
            #expect(seen.count { $0.opcode == 8 } == 1)
            let data = seen.filter { $0.opcode < 8 }
            #expect(data.last?.isFinal == true)
            #expect(data.allSatisfy { $0.payload == fragment })
            // Whole messages: each begins, goes on so often, and ends.
            #expect(data.count % 62 == 0)
            for (index, frame) in data.enumerated() {
                #expect(frame.opcode == (index % 62 == 0 ? 2 : 0))
                #expect(frame.isFinal == (index % 62 == 61))
            }
        }
    }

    @Test("a message that does not end is cut between two of its frames")
    func endless() async throws {
        try await TestGateway.run {
            $0.messagePatience = .milliseconds(100)
        } upstream: { wire in
            try ScriptedUpstream.switching(wire)
            try wire.send(TestFrame(opcode: 1, isFinal: false, payload: [65]).bytes)
            _ = try Self.readToClose(wire)
        } _: { gateway in
            let (wire, _) = try await gateway.connect()
            async let cut = gateway.tunnels.drain()
            let frames = try await onThread {
                let frames = try Self.readToClose(wire)
                try wire.send(Self.answer(to: frames[frames.count - 1]))
                wire.finish()
                return frames
            }
            #expect(frames.map(\.opcode) == [1, 8])
            #expect(await cut == 0)
        }
    }

    @Test("where a frame does not end no Close can stand: it is cut when the time is up, and counted")
    func stuck() async throws {
        let endings = Events<Wire.Ending>()
        try await TestGateway.run {
            $0.messagePatience = .zero
        } upstream: { wire in
            try ScriptedUpstream.switching(wire)
            try wire.send([0x82, 10, 1, 2, 3])
            endings.note(wire.readToEnd().ending)
        } _: { gateway in
            let (wire, _) = try await gateway.connect()
            let start = try await onThread { try wire.read(count: 5) }
            #expect(start == [0x82, 10, 1, 2, 3])
            #expect(await gateway.tunnels.drain(within: .milliseconds(300)) == 1)
            let (rest, ending) = try await onThread { wire.readToEnd() }
            #expect(rest.isEmpty)
            #expect(ending == .reset)
            #expect(await endings.next() == .reset)
            #expect(await gateway.ends.next()?.reason == .cut)
        }
    }

    @Test(
        "a tunnel of another protocol goes on in a drain, to its end or until it is cut",
        arguments: [false, true]
    )
    func other(ends: Bool) async throws {
        try await TestGateway.run(as: .other) { wire in
            try ScriptedUpstream.switching(wire)
            while true { try wire.send(try wire.read()) }
        } _: { gateway in
            let (wire, _) = try await gateway.connect()
            try await eventually("a tunnel") { gateway.tunnels.count(of: .other) == 1 }
            async let cut = gateway.tunnels.drain(within: .seconds(ends ? 25 : 2))
            try await eventually("a drain") { gateway.tunnels.isDraining }
            let ending = try await onThread {
                try wire.send("still")
                #expect(try wire.read(count: 5) == Array("still".utf8))
                if ends { wire.finish() }
                return wire.readToEnd().ending
            }
            #expect(ending == (ends ? .clean : .reset))
            #expect(await cut == (ends ? 0 : 1))
            #expect(await gateway.ends.next()?.reason == (ends ? .ended : .cut))
        }
    }

    @Test("when the client does not answer, the upstream gets a Close 1001, behind a whole frame")
    func unanswered() async throws {
        let received = Events<[TestFrame]>()
        try await TestGateway.run {
            $0.closeTimeout = .milliseconds(100)
        } upstream: { wire in
            try ScriptedUpstream.switching(wire)
            received.note(try Self.readToClose(wire))
        } _: { gateway in
            let (wire, _) = try await gateway.connect()
            try await onThread { try wire.send(TestFrame.text([1, 2], mask: Self.mask).bytes) }
            #expect(await gateway.tunnels.drain() == 0)
            let frames = try #require(await received.next())
            #expect(frames.map(\.opcode) == [1, 8])
            #expect(frames.last?.close?.status == 1001)
            #expect(frames.last?.mask != nil)
            let (bytes, _) = try await onThread { wire.readToEnd() }
            #expect(Self.hint(try #require(TestFrame.read(bytes)?.first)) != nil)
        }
    }

    @Test("an upstream's own Close is not followed by another")
    func natural() async throws {
        let sent = Latch()
        try await TestGateway.run { wire in
            try ScriptedUpstream.switching(wire)
            try wire.send(TestFrame(opcode: 8, payload: [3, 232]).bytes)
            sent.open()
            _ = wire.readToEnd()
        } _: { gateway in
            let (wire, _) = try await gateway.connect()
            let close = try await onThread { try Self.readToClose(wire) }
            #expect(close.first?.close?.status == 1000)
            async let cut = gateway.tunnels.drain(within: .seconds(20))
            let rest = try await onThread {
                // Long enough for the drain to have its say, which nothing could show.
                #expect(!wire.hears(within: 200))
                try wire.send(Self.answer(to: close[0]))
                wire.finish()
                return wire.readToEnd()
            }
            #expect(rest.bytes.isEmpty)
            #expect(await cut == 0)
            #expect(await gateway.ends.next()?.reason == .ended)
        }
    }

    @Test("many at once: each gets one Close and a delay of its own, and none is cut")
    func many() async throws {
        try await TestGateway.run {
            $0.drainSpread = .milliseconds(300)
        } upstream: { wire in
            try ScriptedUpstream.switching(wire)
            _ = try Self.readToClose(wire)
        } _: { gateway in
            let hints = Mutex<[Int]>([])
            var wires: [Wire] = []
            for _ in 0..<60 { wires.append(try await gateway.connect().wire) }
            // A client has its answer a moment before the gateway counts the tunnel.
            try await eventually("all are counted") { gateway.tunnels.count(of: .webSocket) == 60 }
            async let cut = gateway.tunnels.drain()
            try await withThrowingTaskGroup(of: Int?.self) { group in
                for wire in wires {
                    group.addTask {
                        try await onThread {
                            let close = try Self.readToClose(wire)
                            try wire.send(Self.answer(to: close[0]))
                            wire.finish()
                            return Self.hint(close[0])
                        }
                    }
                }
                for try await hint in group { if let hint { hints.withLock { $0.append(hint) } } }
            }
            #expect(await cut == 0)
            #expect(hints.withLock { $0.count } == 60)
            #expect(hints.withLock { Set($0).count } > 30)
            // One that is opened now is asked to go at once.
            let (late, _) = try await gateway.connect()
            let close = try await onThread { try Self.readToClose(late) }
            #expect(Self.hint(close[0]) != nil)
        }
    }
}
