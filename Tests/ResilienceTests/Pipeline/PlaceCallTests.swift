import HTTP
import Reactor
import Synchronization
import Telemetry
import Testing

@testable import Resilience

@Suite("calls: places and contents") struct PlaceCallTests {
    private static func limited(_ inFlight: Int, waiting: Int = 0) -> CallSettings {
        var settings = CallFixture.eager
        settings.limit = .fixed(BulkheadLimits(inFlight: inFlight, waiting: waiting))
        return settings
    }

    /// A content of two pieces, of which the second comes when it is let.
    private static func halves(_ gate: Gate) -> HTTPResponse {
        let pieces = AsyncStream<[UInt8]> { continuation in
            continuation.yield(Array("he".utf8))
            gate.onOpen {
                continuation.yield(Array("llo".utf8))
                continuation.finish()
            }
        }
        return HTTPResponse(.ok, body: HTTPBody(pieces))
    }

    @Test("a call keeps its place until its answer's content has been read")
    func untilRead() async throws {
        let gate = Gate()
        try await Peer.run { _, _ in
            Self.halves(gate)
        } _: { peers in
            let source = OrderedInstances(peers.map(\.destination))
            let calls = try Calls(source, settings: Self.limited(1))
            let response = try await calls.send()
            #expect(calls.client.inFlight == 1)
            let error = try #require(try await calls.failure())
            #expect(error.code == .tooManyCalls)
            #expect(error.problem?.status == .serviceUnavailable)
            #expect(error.problem?.reason == "too_many_calls")
            #expect(error.problem?.fields[.retryAfter] == "1")
            gate.open()
            #expect(try await response.text == "hello")
            #expect(calls.client.inFlight == 0)
            #expect(
                source.notes == [
                    .outcome(0, .answered(status: 200), holdsPlace: true), .release(0, nil),
                ]
            )
        }
    }

    @Test("or is let go, read or not", arguments: [false, true])
    func letGo(reads: Bool) async throws {
        let gate = Gate()
        try await Peer.run { _, _ in
            Self.halves(gate)
        } _: { peers in
            let calls = try Calls(
                OrderedInstances(peers.map(\.destination)),
                settings: Self.limited(1)
            )
            var response: HTTPResponse? = try await calls.send()
            if reads {
                var pieces = response?.body.makeAsyncIterator()
                #expect(try await pieces?.next() != nil)
                pieces = nil
            }
            #expect(calls.client.inFlight == 1)
            response = nil
            #expect(calls.client.inFlight == 0)
            gate.open()
        }
    }

    @Test("a call that may wait for a place gets it")
    func waits() async throws {
        let gate = Gate()
        try await Peer.run { _, _ in
            Self.halves(gate)
        } _: { peers in
            let calls = try Calls(
                OrderedInstances(peers.map(\.destination)),
                settings: Self.limited(1, waiting: 1)
            )
            let first = try await calls.send()
            async let second = calls.send().text
            gate.open()
            #expect(try await first.text == "hello")
            #expect(try await second == "hello")
            #expect(calls.client.inFlight == 0)
        }
    }

    @Test("the limit that follows latency refuses at its limit and gets its places back")
    func adaptive() async throws {
        let gate = Gate()
        try await Peer.run { _, _ in
            Self.halves(gate)
        } _: { peers in
            var settings = CallFixture.eager
            var gradient = GradientLimitSettings()
            (gradient.initial, gradient.least) = (2, 1)
            settings.limit = .adaptive(gradient)
            let calls = try Calls(OrderedInstances(peers.map(\.destination)), settings: settings)
            let held = [try await calls.send(), try await calls.send()]
            #expect(try await calls.failure()?.code == .tooManyCalls)
            gate.open()
            for response in held { #expect(try await response.text == "hello") }
            #expect(calls.client.inFlight == 0)
        }
    }

    @Test("contents stream both ways, trailers come along")
    func bothWays() async throws {
        try await Peer.run { _, request in
            HTTPResponse(.ok, body: HTTPBody(request.body) { ["x-sum": "3"] })
        } _: { peers in
            let calls = try Calls(to: peers)
            let (pieces, sender) = AsyncStream<[UInt8]>.makeStream()
            sender.yield(Array("one".utf8))
            let upload = calls.client.route("/upload", isStream: true)
            let response = try await calls.send(
                HTTPRequest(.post, "/upload", body: HTTPBody(pieces)),
                on: upload
            )
            var answer = response.body.makeAsyncIterator()
            #expect(try await answer.next() == Array("one".utf8))
            sender.yield(Array("two".utf8))
            #expect(try await answer.next() == Array("two".utf8))
            sender.finish()
            #expect(try await answer.next() == nil)
            #expect(await response.body.trailers["x-sum"] == "3")
            #expect(calls.client.inFlight == 0)
        }
    }

    struct Thing: Codable, Equatable {
        let id: Int
    }

    @Test("values go out and come back as JSON, within a limit")
    func json() async throws {
        try await Peer.run { _, request in
            switch request.head.path {
            case "/things/7": .text(.ok, #"{"id":7}"#)
            case "/large": .text(.ok, #"{"id":7,"rest":"\#(String(repeating: "x", count: 5000))"}"#)
            case "/things" where request.head.fields[.contentType] == "application/json":
                .text(.created, String(decoding: try await request.body.collect(upTo: 100), as: UTF8.self))
            case "/busy": .text(429)
            default: .text(.notFound, "{}")
            }
        } _: { peers in
            let calls = try Calls(to: peers)
            #expect(try await calls.client.get(Thing.self, "/things/7") == Thing(id: 7))
            let created = try await calls.client.post("/things", json: Thing(id: 8), key: "k")
            #expect(created.head.status == .created)
            #expect(peers[0].requests.last?.fields[.idempotencyKey] == "k")
            #expect(try await calls.client.value(Thing.self, of: created) == Thing(id: 8))
            let failures: [(String, CallError.Code, HTTPStatus)] = [
                ("/none", .unexpectedStatus(.notFound), .badGateway),
                ("/busy", .unexpectedStatus(429), .serviceUnavailable),
                ("/large", .unusableAnswer, .badGateway),
            ]
            for (path, code, status) in failures {
                do throws(CallError) {
                    _ = try await calls.client.get(Thing.self, path, upTo: 1000)
                    Issue.record("\(path) has a value")
                } catch {
                    #expect(error.code == code)
                    #expect(error.problem?.status == status)
                }
            }
        }
    }
}

/// Opens once, and runs what waits for it.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var actions: [@Sendable () -> Void] = []
    }
    private let state: Mutex<State> = Mutex(State())

    func onOpen(_ action: @escaping @Sendable () -> Void) {
        let isOpen = state.withLock { state in
            if !state.isOpen { state.actions.append(action) }
            return state.isOpen
        }
        if isOpen { action() }
    }

    func open() {
        let actions = state.withLock { state in
            state.isOpen = true
            return state.actions
        }
        for action in actions { action() }
    }
}
