import HTTP
import Reactor
import Synchronization
import Telemetry
import Testing

@testable import Resilience

@Suite("calls: attempts") struct RetryCallTests {
    /// What the first instance does; the second one answers 200.
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let isRetried: Bool
        let status: HTTPStatus?
        var fields = HTTPFields()
    }

    static let answers = [
        Fault(testDescription: "502", isRetried: true, status: 502),
        Fault(testDescription: "503", isRetried: true, status: 503),
        Fault(testDescription: "504", isRetried: true, status: 504),
        Fault(testDescription: "429 with a time", isRetried: true, status: 429, fields: [.retryAfter: "0"]),
        Fault(testDescription: "429", isRetried: false, status: 429),
        Fault(testDescription: "500", isRetried: false, status: 500),
        Fault(testDescription: "501", isRetried: false, status: 501),
        Fault(testDescription: "404", isRetried: false, status: 404),
        Fault(
            testDescription: "503 for longer than the call may take",
            isRetried: false,
            status: 503,
            fields: [.retryAfter: "11"]
        ),
    ]

    @Test(
        "an answer that another instance may better is followed by another attempt, others are handed on",
        arguments: answers
    )
    func answered(_ fault: Fault) async throws {
        let status = try #require(fault.status)
        try await Peer.run(2) { number, _ in
            number == 0 ? .text(status, "no", fields: fault.fields) : .text(.ok, "yes")
        } _: { peers in
            let calls = try Calls(to: peers)
            let response = try await calls.send()
            #expect(response.head.status == (fault.isRetried ? .ok : status))
            #expect(try await response.text == (fault.isRetried ? "yes" : "no"))
            #expect(peers.map(\.requests.count) == [1, fault.isRetried ? 1 : 0])
        }
    }

    @Test("a connection that is refused, or gone before a byte, is followed by another attempt")
    func refusedAndReset() async throws {
        let deaf = try DeafPeer()
        let resetting = try RawPeer("", .reset)
        let closing = try RawPeer("", .close)
        defer {
            resetting.stop()
            closing.stop()
        }
        try await Peer.run { _, _ in
            .text(.ok)
        } _: { peers in
            for first in [deaf.destination, resetting.destination, closing.destination] {
                let source = OrderedInstances([first, peers[0].destination])
                let calls = try Calls(source)
                #expect(try await calls.send().head.status == .ok)
                let outcome = first == deaf.destination ? AttemptOutcome.notConnected : .reset
                #expect(source.notes.first == .outcome(0, outcome, holdsPlace: false))
            }
        }
    }

    @Test(
        "an answer that was begun and cut in its head is not asked for again",
        arguments: [RawPeer.Ending.close, .reset]
    )
    func cutHead(_ ending: RawPeer.Ending) async throws {
        let cutting = try RawPeer("HTTP/1.1 200 OK\r\nContent-", ending)
        defer { cutting.stop() }
        try await Peer.run { _, _ in
            .text(.ok)
        } _: { peers in
            let calls = try Calls(OrderedInstances([cutting.destination, peers[0].destination]))
            #expect(try await calls.failure()?.code == .noAnswer(.broken))
            #expect(peers[0].requests.isEmpty)
        }
    }

    @Test("a content that is cut speaks against its instance")
    func cutContent() async throws {
        let cutting = try RawPeer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", .close)
        defer { cutting.stop() }
        let source = OrderedInstances([cutting.destination])
        let calls = try Calls(source)
        let response = try await calls.send()
        await #expect(throws: HTTPClientError.disconnected) { try await response.text }
        #expect(
            source.notes == [
                .outcome(0, .answered(status: 200), holdsPlace: true), .release(0, .broken),
            ]
        )
        #expect(calls.client.inFlight == 0)
    }

    @Test("an attempt that hangs ends with its time and is not repeated")
    func hangs() async throws {
        try await Peer.run(2) { number, _ in
            number == 0 ? try await hang() : .text(.ok)
        } _: { peers in
            var settings = CallFixture.eager
            settings.timeouts.attempt = .milliseconds(50)
            let calls = try Calls(to: peers, settings: settings)
            #expect(try await calls.failure()?.code == .noAnswer(.timedOut))
            #expect(peers[1].requests.isEmpty)
        }
    }

    /// A call to two instances, of which the first answers 503.
    struct Repetition: Sendable, CustomTestStringConvertible {
        let method: HTTPMethod
        var hasKey = false
        var isIdempotentRoute = false
        var body = HTTPBody.empty
        let isRepeated: Bool

        var testDescription: String {
            "\(method)\(hasKey ? " with key" : "")\(isIdempotentRoute ? " to an idempotent route" : ""), "
                + "\(body.length.map(String.init) ?? "unknown") bytes"
        }
    }

    private static func stream(_ length: Int?) -> HTTPBody {
        let pieces = AsyncStream<[UInt8]> { continuation in
            continuation.yield([1, 2, 3])
            continuation.finish()
        }
        return HTTPBody(pieces, length: length)
    }

    static let repetitions = [
        Repetition(method: .post, isRepeated: false),
        Repetition(method: .patch, isRepeated: false),
        Repetition(method: .post, hasKey: true, isRepeated: false),
        Repetition(method: .post, isIdempotentRoute: true, isRepeated: false),
        Repetition(method: .post, hasKey: true, isIdempotentRoute: true, isRepeated: true),
        Repetition(method: .get, isRepeated: true), Repetition(method: .head, isRepeated: true),
        Repetition(method: .options, isRepeated: true), Repetition(method: .put, isRepeated: true),
        Repetition(method: .delete, isRepeated: true),
        Repetition(method: .put, body: HTTPBody([UInt8](repeating: 7, count: 65_536)), isRepeated: true),
        Repetition(method: .put, body: HTTPBody([UInt8](repeating: 7, count: 65_537)), isRepeated: false),
        Repetition(method: .put, body: stream(nil), isRepeated: false),
        Repetition(method: .put, body: stream(3), isRepeated: false),
    ]

    @Test("only what may be sent twice is", arguments: repetitions)
    func repeats(_ call: Repetition) async throws {
        try await Peer.run(2) { number, request in
            _ = try await request.body.collect(upTo: 1 << 20)
            return .text(number == 0 ? 503 : .ok)
        } _: { peers in
            let calls = try Calls(to: peers)
            var request = HTTPRequest(call.method, "/", body: call.body)
            if call.hasKey { request.head.fields.append(.idempotencyKey, "k1") }
            let route = calls.client.route("/", isIdempotent: call.isIdempotentRoute)
            let response = try await calls.send(request, on: route)
            #expect(response.head.status == (call.isRepeated ? .ok : .serviceUnavailable))
            #expect(peers.map(\.requests.count) == [1, call.isRepeated ? 1 : 0])
        }
    }

    @Test("three attempts at most, each at another instance, and the last answer is handed on")
    func attempts() async throws {
        try await Peer.run(4) { number, _ in
            .text(503, "\(number)")
        } _: { peers in
            let calls = try Calls(to: peers)
            let response = try await calls.send()
            #expect(response.head.status == .serviceUnavailable)
            #expect(try await response.text == "2")
            #expect(peers.map(\.requests.count) == [1, 1, 1, 0])
            #expect(calls.readings("resilience_retries_total").map(\.value) == [.number(2)])
        }
    }

    @Test("with no other instance the caller gets what the last one said")
    func noOther() async throws {
        try await Peer.run { _, _ in
            .text(503, "alone")
        } _: { peers in
            let calls = try Calls(to: peers)
            #expect(try await calls.send().text == "alone")
            #expect(calls.client.inFlight == 0)
        }
    }

    @Test("when all fails, the budget bounds the attempts: 1.2 times the calls, and 3 a second")
    func budget() async throws {
        try await Peer.run(3) { _, _ in
            .text(503)
        } _: { peers in
            // The clock stands: all happens within one window of 10 s, which has 30 beside the share.
            let calls = try Calls(to: peers, clock: TestClock(isFrozen: true))
            let count = 300
            for _ in 0..<count { #expect(try await calls.send().head.status.code == 503) }
            let attempts = peers.map(\.requests.count).reduce(0, +)
            #expect(attempts <= count * 12 / 10 + 30)
            #expect(attempts > count * 12 / 10)
            #expect(calls.client.remainingBudget < 0.02)
            #expect(
                calls.readings("resilience_retry_budget_ratio").map(\.value) == [
                    .number(calls.client.remainingBudget)
                ]
            )
        }
    }

    @Test("a cancelled call ends between two attempts, and gives its place back")
    func cancelledBetween() async throws {
        try await Peer.run(2) { _, _ in
            .text(503, fields: [.retryAfter: "5"])
        } _: { peers in
            let calls = try Calls(to: peers)
            let call = Task { try await calls.failure() }
            while peers[0].requests.isEmpty { await Task.yield() }
            call.cancel()
            #expect(try await call.value?.code == .cancelled)
            #expect(peers[1].requests.isEmpty)
            #expect(calls.client.inFlight == 0)
        }
    }
}
