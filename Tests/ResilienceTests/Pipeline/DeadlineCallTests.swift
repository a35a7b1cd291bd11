import HTTP
import Reactor
import Telemetry
import TestSupport
import Testing

@testable import Resilience

@Suite("calls: deadlines") struct DeadlineCallTests {
    private func remaining(_ request: HTTPRequestHead) throws -> Int {
        try #require(request.fields[Deadline.header].flatMap { Int($0) })
    }

    @Test("a call without a caller's deadline has ten seconds, and says so")
    func ownLimit() async throws {
        try await Peer.run { _, _ in
            .text(.ok)
        } _: { peers in
            let calls = try Calls(to: peers, clock: TestClock(isFrozen: true))
            _ = try await calls.send()
            #expect(try remaining(peers[0].requests[0]) == 10_000)
        }
    }

    @Test("a caller's deadline that is sooner holds, and stands in the place of one that was passed on")
    func callers() async throws {
        try await Peer.run { _, _ in
            .text(.ok)
        } _: { peers in
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
        try await Peer.run { _, _ in
            .text(.ok)
        } _: { peers in
            let calls = try Calls(to: peers)
            let error = try await calls.failure { $0.deadline = .now }
            #expect(error?.code == .deadlineOver)
            #expect(error?.problem?.status == .serviceUnavailable)
            #expect(peers[0].requests.isEmpty)
        }
    }

    @Test("an attempt ends with the call's deadline")
    func during() async throws {
        try await Peer.run(2) { _, _ in
            try await hang()
        } _: { peers in
            let calls = try Calls(to: peers)
            let error = try await calls.failure { $0.deadline = .now + .milliseconds(60) }
            #expect(error?.code == .deadlineOver)
            #expect(peers.map(\.requests.count) == [1, 0])
        }
    }

    @Test("what ends by a caller's own deadline is not held against the instance; its full time is")
    func ofCaller() async throws {
        try await Peer.run { _, _ in
            try await hang()
        } _: { peers in
            var settings = CallFixture.eager
            settings.retry.attempts = 1
            let short = OrderedInstances([peers[0].destination])
            let impatient = try Calls(short, settings: settings)
            let error = try await impatient.failure { $0.deadline = .now + .milliseconds(60) }
            #expect(error?.code == .deadlineOver)
            #expect(short.notes == [.outcome(0, .cancelled, holdsPlace: false)])

            settings.timeouts.attempt = .milliseconds(60)
            let full = OrderedInstances([peers[0].destination])
            let patient = try Calls(full, settings: settings)
            #expect(try await patient.failure()?.code == .noAnswer(.timedOut))
            #expect(full.notes == [.outcome(0, .timedOut, holdsPlace: false)])

            // A time that the route declares is the instance's, too.
            let declared = OrderedInstances([peers[0].destination])
            let calls = try Calls(declared)
            let route = calls.client.route("/", total: .milliseconds(60))
            _ = try await calls.failure(on: route) { $0.deadline = .now + .milliseconds(60) }
            #expect(declared.notes == [.outcome(0, .timedOut, holdsPlace: false)])
        }
    }

    @Test(
        "nor is a request's content that its caller holds back; behind the content it is",
        arguments: [false, true]
    )
    func ofUpload(isSent: Bool) async throws {
        let mayEnd = Latch()
        defer { mayEnd.open() }
        try await Peer.run { _, request in
            for try await _ in request.body {}
            return try await hang()
        } _: { peers in
            let source = OrderedInstances([peers[0].destination])
            let calls = try Calls(source)
            let route = calls.client.route("/", isStream: true, total: .milliseconds(300))
            let pieces = AsyncStream {
                if !isSent { await mayEnd.wait() }
                return nil as [UInt8]?
            }
            let request = HTTPRequest(.post, "/", body: HTTPBody(pieces, length: nil))
            let error = try await calls.failure(request, on: route) {
                $0.deadline = .now + .milliseconds(300)
            }
            #expect(error?.code == .deadlineOver)
            #expect(source.notes == [.outcome(0, isSent ? .timedOut : .cancelled, holdsPlace: false)])
        }
    }

    @Test("twenty callers without patience open no breaker")
    func breaker() async throws {
        try await Peer.run { _, _ in
            try await hang()
        } _: { peers in
            let source = BalancedInstances([peers[0].destination])
            let calls = try Calls(source)
            for _ in 0..<20 { _ = try await calls.failure { $0.deadline = .now + .milliseconds(10) } }
            #expect(source.breakers.map(\.state) == [.closed])
        }
    }

    @Test("across two hops each callee is told no more than its caller has left")
    func twoHops() async throws {
        try await Peer.run { _, _ in
            .text(.ok)
        } _: { last in
            let inner = try Calls(to: last)
            try await Peer.run { _, request in
                let value = request.head.fields.value(of: Deadline.header) ?? []
                let deadline = Deadline(fieldValue: value.span, limit: .seconds(15), from: .now)
                return try await inner.send { $0.deadline = deadline?.instant ?? .distantFuture }
            } _: { first in
                let outer = try Calls(to: first)
                #expect(try await outer.send { $0.deadline = .now + .seconds(5) }.head.status == .ok)
                let outerTime = try remaining(first[0].requests[0])
                let innerTime = try remaining(last[0].requests[0])
                #expect((1...5000).contains(outerTime))
                #expect((1...outerTime).contains(innerTime))
            }
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

    @Test("a longer wait than the policy's is not begun either, not even by a stream without a deadline")
    func retryAfterTooLong() async throws {
        try await Peer.run(2) { _, _ in
            .text(503, fields: [.retryAfter: "3600"])
        } _: { peers in
            let calls = try Calls(to: peers)
            let watch = calls.client.route("/watch", isStream: true)
            #expect(try await calls.send(on: watch).head.status == .serviceUnavailable)
            #expect(peers.map(\.requests.count) == [1, 0])
        }
    }

    @Test("what an upload takes is its sender's time, and tells nothing of the load")
    func uploadTime() async throws {
        try await Peer.run { _, request in
            for try await _ in request.body {}
            return .text(.ok)
        } _: { peers in
            let calls = try Calls(to: peers)
            let upload = calls.client.route("/", isStream: true)
            for (route, isTimed) in [(nil, true), (upload, false)] {
                var summary = CallSummary()
                _ = try await calls.client.send(HTTPRequest(.get, "/"), on: route, &summary)
                #expect((summary.latency != nil) == isTimed)
            }
        }
    }

    @Test("waiting for a turn at our own connections is not held against the instance")
    func ownQueue() throws {
        let client = HTTPClient(on: try CallFixture.loops)
        #expect(client.kind(of: HTTPClientError.timedOut(.turn)) == .noRoom)
        #expect(client.kind(of: HTTPClientError.timedOut(.connection)) == .notConnected)
    }

    @Test("a wait that would last to the deadline is not begun")
    func retryAfterTooLate() async throws {
        try await Peer.run(2) { _, _ in
            .text(503, fields: [.retryAfter: "2"])
        } _: { peers in
            let calls = try Calls(to: peers)
            _ = try await calls.send { $0.deadline = .now + .milliseconds(1500) }
            #expect(peers.map(\.requests.count) == [1, 0])
        }
    }
}
