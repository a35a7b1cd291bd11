import HTTP
import Reactor
import Telemetry
import Testing

@testable import Resilience

@Suite("calls: upgrades", .timeLimit(.minutes(1))) struct UpgradeCallTests {
    private static let request = HTTPRequest(.get, "/", fields: [.upgrade: "echo"])

    private static func echo(_ request: HTTPRequest) -> HTTPResponse {
        guard request.upgrade == "echo" else { return .text(.ok, "no") }
        return .switching(to: "echo", fields: ["x-a": "1"]) { connection in
            while let bytes = try await connection.read() { try await connection.write(bytes) }
        }
    }

    private static func limited() -> CallSettings {
        var settings = CallFixture.eager
        settings.limit = .fixed(BulkheadLimits(inFlight: 1, waiting: 0))
        return settings
    }

    @Test("an upgraded connection keeps its call's place and its instance's until it is let go")
    func holds() async throws {
        try await Peer.run { _, request in
            Self.echo(request)
        } _: { peers in
            let source = OrderedInstances(peers.map(\.destination))
            let calls = try Calls(source, settings: Self.limited())
            var connection: UpgradedConnection?
            if case .switched(let head, let switched) = try await calls.upgrade(Self.request) {
                #expect(head.fields["x-a"] == "1")
                connection = switched
            }
            try await connection?.write([1, 2, 3])
            let echoed = try await connection?.read()
            #expect(echoed == [1, 2, 3])
            #expect(calls.client.inFlight == 1)
            await #expect(throws: CallError.self) { _ = try await calls.upgrade(Self.request) }
            #expect(source.notes == [.outcome(0, .answered(status: 101), holdsPlace: true)])
            connection = nil
            #expect(calls.client.inFlight == 0)
            #expect(source.notes.last == .release(0, nil))
            let fields = try #require(peers[0].requests.first?.fields)
            #expect(fields["traceparent"] != nil)
            let series = calls.readings("http_client_request_duration_seconds")
            #expect(series.contains { $0.labels.values.contains("101") })
        }
    }

    @Test("a route's own number of attempts holds")
    func attempts() async throws {
        let deaf = try (0..<3).map { _ in try DeafPeer() }
        for attempts in [1, 2] {
            let source = OrderedInstances(deaf.map(\.destination))
            let calls = try Calls(source)
            var retry = CallFixture.eager.retry
            retry.attempts = attempts
            let route = calls.client.route("/", retry: retry)
            await #expect(throws: CallError.self) {
                _ = try await calls.client.upgrade(Self.request, on: route)
            }
            #expect(source.notes.count == attempts)
        }
    }

    @Test("another answer is an answer, and its place is given back")
    func declined() async throws {
        try await Peer.run { _, _ in
            .text(.forbidden, "no")
        } _: { peers in
            let source = OrderedInstances(peers.map(\.destination))
            let calls = try Calls(source, settings: Self.limited())
            guard case .answered(let response) = try await calls.upgrade(Self.request) else {
                Issue.record("switched")
                return
            }
            #expect(response.head.status == .forbidden)
            #expect(try await response.text == "no")
            #expect(calls.client.inFlight == 0)
            #expect(source.notes == [.outcome(0, .answered(status: 403), holdsPlace: false)])
        }
    }

    @Test("an instance that refuses the connection is followed by another")
    func refusedConnection() async throws {
        let deaf = try DeafPeer()
        try await Peer.run { _, request in
            Self.echo(request)
        } _: { peers in
            let source = OrderedInstances([deaf.destination] + peers.map(\.destination))
            let calls = try Calls(source)
            guard case .switched = try await calls.upgrade(Self.request) else {
                Issue.record("not switched")
                return
            }
            #expect(source.notes.first == .outcome(0, .notConnected, holdsPlace: false))
            #expect(peers[0].requests.count == 1)
        }
    }

    static let mayHaveBeenTaken = [
        ("", RawPeer.Ending.reset), ("", .close), ("HTTP/1.1 101 X\r\nUpgrade: h2c\r\n\r\n", .close),
        ("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n", .close),
    ]

    @Test("nothing else is retried: the request may have been taken", arguments: mayHaveBeenTaken)
    func once(_ bytes: String, _ ending: RawPeer.Ending) async throws {
        let raw = try RawPeer(bytes, ending)
        defer { raw.stop() }
        try await Peer.run { _, request in
            Self.echo(request)
        } _: { peers in
            let calls = try Calls(OrderedInstances([raw.destination] + peers.map(\.destination)))
            if bytes.contains("503") {
                guard case .answered(let response) = try await calls.upgrade(Self.request) else {
                    Issue.record("switched")
                    return
                }
                #expect(response.head.status == .serviceUnavailable)
            } else {
                await #expect(throws: CallError.self) { _ = try await calls.upgrade(Self.request) }
            }
            #expect(raw.connections == 1)
            #expect(peers[0].requests.isEmpty)
            #expect(calls.client.inFlight == 0)
        }
    }

    /// Knows nothing of upgrades.
    private struct Plain: HTTPTransport {
        func attempt(
            _ request: HTTPRequest,
            to instance: ServiceInstance,
            timeouts: HTTPTimeouts
        ) async throws(AttemptFailure) -> HTTPResponse {
            .text(.ok)
        }

        func kind(of error: any Error) -> AttemptFailure.Kind { .badRequest }
    }

    @Test("a transport without upgrades says so, and nobody is blamed")
    func without() async throws {
        let source = OrderedInstances([HTTPDestination(.loopback(port: 1))])
        let calls = try Calls(source, transport: Plain())
        let error = await #expect(throws: CallError.self) { _ = try await calls.upgrade(Self.request) }
        #expect(error?.code == .badRequest)
        #expect(error?.detail == "request_failed: Plain switches to no other protocol; HTTPClient does")
        #expect(source.notes == [.outcome(0, .cancelled, holdsPlace: false)])
    }
}

extension Calls {
    /// Asks for an upgrade in a context with the tracer.
    fileprivate func upgrade(_ request: HTTPRequest) async throws -> UpgradeAnswer {
        var values = ContextValues()
        values.tracer = tracer
        return try await Context.with(Context(values)) { try await client.upgrade(request) }
    }
}
