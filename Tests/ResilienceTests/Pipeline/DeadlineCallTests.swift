import HTTP
import Reactor
import Synchronization
import Telemetry
import Testing

@testable import Resilience

@Suite("calls: deadlines") struct DeadlineCallTests {
    private func remaining(_ request: HTTPRequestHead) throws -> Int {
        try #require(request.fields[Deadline.header].flatMap { Int($0) })
    }

    @Test("a call without a caller's deadline has ten seconds, and says so")
    func ownLimit() async throws {
        try await Peer.run { _, _ in .text(.ok) } _: { peers in
            let calls = try Calls(to: peers, clock: TestClock(isFrozen: true))
            _ = try await calls.send()
            #expect(try remaining(peers[0].requests[0]) == 10_000)
        }
    }

    @Test("a caller's deadline that is sooner holds, and stands in the place of one that was passed on")
    func callers() async throws {
        try await Peer.run { _, _ in .text(.ok) } _: { peers in
            let clock = TestClock(isFrozen: true)
            let calls = try Calls(to: peers, clock: clock)
            let request = HTTPRequest(.get, "/", fields: [Deadline.header: "99999"])
            _ = try await calls.send(request) { $0.deadline = clock.now + .milliseconds(4321) }
            #expect(peers[0].requests[0].fields.values(of: Deadline.header).count == 1)
            #expect(try remaining(peers[0].requests[0]) == 4321)
        }
    }

    @Test("a call whose deadline has come is not sent")
    func over() async throws {
        try await Peer.run { _, _ in .text(.ok) } _: { peers in
            let calls = try Calls(to: peers)
            let error = try await calls.failure { $0.deadline = .now }
            #expect(error?.code == .deadlineOver)
            #expect(error?.problem.status == .serviceUnavailable)
            #expect(peers[0].requests.isEmpty)
        }
    }

    @Test("an attempt ends with the call's deadline")
    func during() async throws {
        try await Peer.run(2) { _, _ in try await hang() } _: { peers in
            let calls = try Calls(to: peers)
            let error = try await calls.failure { $0.deadline = .now + .milliseconds(60) }
            #expect(error?.code == .deadlineOver)
            #expect(peers.map(\.requests.count) == [1, 0])
        }
    }

    @Test("across two hops each callee is told less than its caller, and the last one's end is the first one's")
    func twoHops() async throws {
        try await Peer.run { _, _ in try await hang() } _: { last in
            let inner = try Calls(to: last)
            let seen = Mutex<CallError?>(nil)
            try await Peer.run { _, request in
                let value = request.head.fields.value(of: Deadline.header) ?? []
                let deadline = Deadline(fieldValue: value.span, limit: .seconds(15), from: .now)
                do {
                    return try await inner.send { $0.deadline = deadline?.instant ?? .distantFuture }
                } catch let error as CallError {
                    seen.withLock { $0 = error }
                    throw error.problem
                }
            } _: { first in
                let outer = try Calls(to: first)
                let began = MonotonicInstant.now
                let end = began + .milliseconds(400)
                // Either of the two may notice first: the caller's time ends a moment later than the callee was told.
                let answer = try? await outer.send { $0.deadline = end }
                #expect(answer.map(\.head.status) ?? .serviceUnavailable == .serviceUnavailable)
                #expect(MonotonicInstant.now - began < .seconds(3))
                let outerTime = try remaining(first[0].requests[0])
                let innerTime = try remaining(last[0].requests[0])
                #expect((1...400).contains(outerTime))
                #expect((0...outerTime).contains(innerTime))
            }
            #expect(seen.withLock { $0?.code } ?? .deadlineOver == .deadlineOver)
        }
    }

    @Test("a stream is told no end of ours, and outlives the attempt's time")
    func stream() async throws {
        try await Peer.run { _, _ in
            try await CallFixture.loops.next().sleep(for: .milliseconds(120))
            return .text(.ok, "late")
        } _: { peers in
            var settings = CallFixture.eager
            settings.timeouts.attempt = .milliseconds(20)
            settings.total = .milliseconds(20)
            let calls = try Calls(to: peers, settings: settings)
            let watch = calls.client.route("/watch", isStream: true)
            #expect(try await calls.send(on: watch).text == "late")
            #expect(!peers[0].requests[0].fields.contains(Deadline.header))
            #expect(try await calls.failure()?.code == .deadlineOver)
        }
    }

    @Test("a wait that would last to the deadline is not begun")
    func retryAfterTooLate() async throws {
        try await Peer.run(2) { _, _ in .text(503, fields: [.retryAfter: "2"]) } _: { peers in
            let calls = try Calls(to: peers)
            _ = try await calls.send { $0.deadline = .now + .milliseconds(1500) }
            #expect(peers.map(\.requests.count) == [1, 0])
        }
    }
}
