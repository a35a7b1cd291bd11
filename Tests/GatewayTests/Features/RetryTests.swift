import HTTP
import Reactor
import Synchronization
import TestSupport
import Testing
import VigieTesting

@Suite("G12 G13 G14 G15 G16: attempts", .timeLimit(.minutes(2))) struct RetryTests {
    private static let document = """
        {"routes": [
          {"path": "/keyed", "service": "echo", "auth": "open", "idempotent": true},
          {"path": "/once", "service": "echo", "auth": "open", "attempts": 1},
          {"path": "/slow", "service": "echo", "auth": "open", "timeout": "200ms"},
          {"path": "/slower", "service": "echo", "auth": "open", "attemptTimeout": "100ms", "timeout": "5s"},
          {"path": "/hedged", "service": "echo", "auth": "open", "hedge": "20ms"},
          {"path": "/{rest...}", "service": "echo", "auth": "open"}
        ]}
        """

    /// The first instance that is asked fails so; the others answer.
    private static func failingOnce(_ status: HTTPStatus) -> Upstream.Answer {
        let isFirst = Atomic(true)
        return { _ in
            isFirst.exchange(false, ordering: .relaxed)
                ? HTTPResponse(status) : HTTPResponse(.ok, body: HTTPBody("ok"))
        }
    }

    /// Method, target, fields, whether a failed attempt is made again.
    static let cases: [(HTTPMethod, String, HTTPFields, Bool)] = [
        (.get, "/a", [:], true), (.head, "/a", [:], true), (.put, "/a", [:], true),
        (.delete, "/a", [:], true),
        (.options, "/a", [:], true), (.post, "/a", [:], false), (.patch, "/a", [:], false),
        (.post, "/a", ["idempotency-key": "k1"], false), (.post, "/keyed", [:], false),
        (.post, "/keyed", ["idempotency-key": "k1"], true), (.get, "/once", [:], false),
    ]

    @Test("G12, G13: what may be sent twice is, to another instance", arguments: [502, 503, 504] as [UInt16])
    func retried(status: UInt16) async throws {
        try await GatewayStage.run(Self.document) { stage in
            for (method, target, fields, isRetried) in Self.cases {
                for upstream in stage.upstreams { upstream.forget() }
                let answer = Self.failingOnce(HTTPStatus(integerLiteral: status))
                stage.allAnswer(answer)
                let result = try await stage.gateway.send(method, target, fields: fields)
                #expect(result.status == (isRetried ? 200 : Int(status)), "\(method) \(target) \(fields)")
                let asked = stage.upstreams.map { $0.requests.count }
                #expect(
                    asked.max() == 1 && asked.reduce(0, +) == (isRetried ? 2 : 1),
                    "\(method) \(target): \(asked)"
                )
            }
        }
    }

    @Test("G12, G13: a refused connection is tried elsewhere, and its instance gets a rest")
    func reset() async throws {
        try await GatewayStage.run(Self.document) { stage in
            await stage.upstreams[0].stop()
            for _ in 0..<20 { #expect(try await stage.gateway.get("/a").status == 200) }
            // Ejected by now: not even a request that is sent once meets it.
            for _ in 0..<20 {
                let posted = try await stage.gateway.post("/a", json: "{}")
                #expect(posted.status == 200)
            }
        }
    }

    @Test(
        "G14: attempts stay within 1.2 × the requests and 3 a second, however many more would help",
        arguments: [1, 3]
    )
    func budget(fails everyNth: Int) async throws {
        try await GatewayStage.run(Self.document) { stage in
            // One of three is too few for breakers and ejection, so that the budget alone bounds the attempts.
            let number = Atomic(0)
            stage.allAnswer { _ in
                let isFailure = number.add(1, ordering: .relaxed).newValue % everyNth == 0
                return HTTPResponse(isFailure ? .serviceUnavailable : .ok)
            }
            let began = MonotonicInstant.now
            let count = 500
            for _ in 0..<count { _ = try await stage.gateway.get("/a") }
            let seconds = Double((MonotonicInstant.now - began).nanoseconds) / 1e9
            let attempts = stage.requests.count
            // The floor of 3 a second is granted for the ten seconds of the window.
            #expect(
                Double(attempts) <= 1.2 * Double(count) + 3 * (seconds + 10),
                "\(attempts) in \(seconds) s"
            )
            if everyNth > 1 { #expect(Double(attempts) >= 1.15 * Double(count), "\(attempts)") }
        }
    }

    @Test("G15: a route's time ends in 504, and the upstream's work with it")
    func timeouts() async throws {
        try await GatewayStage.run(Self.document) { stage in
            let cancelled = Latch()
            stage.allAnswer { _ in
                let never = Latch()
                await withTaskCancellationHandler {
                    await never.wait()
                } onCancel: {
                    cancelled.open()
                }
                return HTTPResponse(.ok)
            }
            let slow = try await stage.gateway.get("/slow")
            #expect(slow.status == 504 && slow.reason == "upstream_timeout", "\(slow.text)")
            await cancelled.wait()
            // An attempt that took too long is not made again: it may have done its work.
            for upstream in stage.upstreams { upstream.forget() }
            let slower = try await stage.gateway.get("/slower")
            #expect(slower.status == 504 && stage.requests.count == 1, "\(slower.text)")
        }
    }

    @Test("G15: a caller's deadline counts, but not beyond the route's")
    func callerDeadline() async throws {
        try await GatewayStage.run(Self.document) { stage in
            _ = try await stage.gateway.send(.get, "/slow", fields: ["x-request-deadline-ms": "999999999"])
            _ = try await stage.gateway.send(.get, "/slow", fields: ["x-request-deadline-ms": "50"])
            _ = try await stage.gateway.send(.get, "/slow", fields: ["x-request-deadline-ms": "-1"])
            let told = stage.requests.compactMap { $0.fields["x-request-deadline-ms"].flatMap { Int($0) } }
            #expect(told.count == 3 && told.allSatisfy { $0 <= 200 }, "\(told)")
            let least = told.min() ?? 999
            #expect(least <= 50)
        }
    }

    @Test("G16: an instance that fails gets a rest; its breaker shows")
    func breaker() async throws {
        try await GatewayStage.run(Self.document) { stage in
            stage.allAnswer { _ in HTTPResponse(.internalServerError) }
            try await eventually("open breakers") {
                _ = try await stage.gateway.get("/a")
                // Half of them are ejected before their breakers open, and get nothing; 2 is open.
                return (stage.gateway.metric("resilience_breaker_state") ?? 0) >= 4
            }
            let refused = try await stage.gateway.get("/a")
            #expect(refused.status == 503 && refused.reason == "breaker_open", "\(refused.text)")
            #expect(refused.fields[.retryAfter].flatMap { Int($0) } ?? 0 >= 1)
        }
    }

    @Test("a second instance is asked beside one that takes long, and the first answer counts")
    func hedged() async throws {
        try await GatewayStage.run(Self.document) { stage in
            let isFirst = Atomic(true)
            let cancelled = Latch()
            stage.allAnswer { _ in
                guard isFirst.exchange(false, ordering: .relaxed) else {
                    return HTTPResponse(.ok, body: HTTPBody("second"))
                }
                let never = Latch()
                await withTaskCancellationHandler {
                    await never.wait()
                } onCancel: {
                    cancelled.open()
                }
                return HTTPResponse(.ok, body: HTTPBody("first"))
            }
            let answer = try await stage.gateway.get("/hedged")
            #expect(answer.status == 200 && answer.text == "second")
            await cancelled.wait()
            let asked = stage.upstreams.map { $0.requests.count }
            #expect(asked.max() == 1 && asked.reduce(0, +) == 2)
            // What may do something twice is not hedged.
            isFirst.store(true, ordering: .relaxed)
            stage.allAnswer { _ in HTTPResponse(.ok, body: HTTPBody("only")) }
            for upstream in stage.upstreams { upstream.forget() }
            let posted = try await stage.gateway.send(.post, "/hedged", json: "{}")
            #expect(posted.text == "only")
            #expect(stage.requests.count == 1)
        }
    }

    @Test("G29: a known route without an instance is 503 with Retry-After, not 404")
    func noInstance() async throws {
        let document = #"{"routes": [{"path": "/x", "service": "echo", "auth": "open", "tags": ["absent"]}]}"#
        try await GatewayStage.run(document, settings: ["clients.peers": "echo=127.0.0.1:1"]) { stage in
            let answer = try await stage.gateway.get("/x")
            #expect(answer.status == 503 && answer.fields[.retryAfter] != nil, "\(answer.text)")
            #expect(answer.reason == "upstream_unreachable" && answer.text.contains(#""retryable":true"#))
        }
    }
}
