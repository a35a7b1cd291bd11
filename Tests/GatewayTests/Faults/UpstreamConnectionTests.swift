import HTTP
import Reactor
import Synchronization
import TestSupport
import Testing
import VigieTesting

/// One instance of four that breaks its connections or is slow, under load through two gateways.
@Suite("an instance beside good ones that breaks or lags", .timeLimit(.minutes(2)))
struct UpstreamConnectionTests {
    private static let document = #"{"routes": [{"path": "/{rest...}", "service": "echo", "auth": "open"}]}"#

    /// What the bad instance does with a request, whose head has been read.
    enum Fault: String, CaseIterable, CustomTestStringConvertible {
        case resets = "resets the connection"
        case closes = "closes the connection"
        case halfCloses = "ends its writing side and reads on"
        case resetsLater = "resets the connection once it is kept"

        var testDescription: String { rawValue }

        func play(_ wire: Wire, _ note: (_ head: String) -> Void = { _ in }) throws {
            note(try wire.readHead())
            switch self {
            case .resets: wire.reset()
            case .closes: return
            case .halfCloses:
                wire.finish()
                _ = wire.readToEnd()
            case .resetsLater:
                try wire.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
                note(try wire.readHead())
                wire.reset()
            }
        }
    }

    /// Three good instances and one that is played by a script, which leaves probes of health unanswered.
    private static func run(
        _ script: @escaping ScriptedUpstream.Script,
        _ body: @Sendable (FaultStage, [Upstream]) async throws -> Void
    ) async throws {
        let bad = try ScriptedUpstream(script)
        defer { bad.stop() }
        var good: [Upstream] = []
        for _ in 0..<3 { good.append(try await Upstream.start()) }
        let (all, addresses) = (good, good.map(\.address) + [.loopback(port: bad.port)])
        let outcome = await Result {
            try await FaultStage.run(document, before: addresses) { try await body($0, all) }
        }
        for upstream in all { await upstream.stop() }
        try outcome.get()
    }

    @Test("a GET is answered by another one", arguments: Fault.allCases)
    func idempotent(_ fault: Fault) async throws {
        try await Self.run {
            try fault.play($0)
        } _: { stage, _ in
            try await stage.load("/a") { load in
                try await load.more(1_000)
                #expect(load.failures.isEmpty)
                // A kept connection that has gone is replaced by the client itself (RFC 9112 §9.3.1).
                if fault != .resetsLater { #expect(stage.metric("resilience_ejections_total") >= 1) }
            }
        }
    }

    @Test("a POST is sent once: some fail, until the instance gets a rest", arguments: Fault.allCases)
    func once(_ fault: Fault) async throws {
        let taken = Atomic(0)
        try await Self.run { wire in
            try fault.play(wire) { head in
                if head.hasPrefix("POST ") { taken.add(1, ordering: .relaxed) }
            }
        } _: { stage, good in
            let seen = Mutex<ClientLoad?>(nil)
            try await stage.load("/a", by: .post) { load in
                try await load.more(1_000)
                seen.withLock { $0 = load }
            }
            let load = try #require(seen.withLock { $0 })
            // Each gateway's clients may all have been there when the first was reset.
            let failed = load.count(502)
            #expect(load.failures == ["502: \(failed)"] && (1...8).contains(failed))
            let asked = good.reduce(taken.load(ordering: .relaxed)) { $0 + $1.requests.count }
            #expect(asked == load.count, "each was sent once")
        }
    }

    @Test("a slow one gets fewer requests than each of the others, and costs nobody an answer")
    func slow() async throws {
        try await Self.run { wire in
            while true {
                try wire.readHead()
                // As long as nobody says more, which nobody does before this has answered.
                _ = wire.hears(within: 100)
                try wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-From: slow\r\n\r\nslow")
            }
        } _: { stage, good in
            let slow = Atomic(0)
            try await ClientLoad.run { client in
                let answer = try await stage.gateways[client % 2].get("/a")
                if answer.text == "slow" { slow.add(1, ordering: .relaxed) }
                return answer.status
            } _: { load in
                try await load.more(3_000)
                #expect(load.failures.isEmpty)
            }
            let least = good.map(\.requests.count).min() ?? 0
            let own = slow.load(ordering: .relaxed)
            #expect(own > 0 && own * 5 < least, "\(own) beside \(least)")
        }
    }
}
