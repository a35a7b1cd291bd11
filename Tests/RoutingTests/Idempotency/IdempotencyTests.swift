import HTTP
import Reactor
import Routing
import Synchronization
import Telemetry
import Testing

/// `Idempotency-Key`: one effect, and the first answer again.
@Suite("idempotency") struct IdempotencyTests {
    struct Payment: RequestBody { let amount: Int }

    /// A router whose handler counts how often it ran.
    final class Fixture: Sendable {
        let runs = Mutex(0)
        let time = Mutex(MonotonicInstant(nanoseconds: 0))
        let capacity: Int

        init(capacity: Int = 100) { self.capacity = capacity }

        func router() throws -> Router {
            var settings = RouterSettings()
            settings.authenticate = { $0.fields[.authorization].map { Principal(subject: $0) } }
            settings.idempotency = MemoryIdempotencyStore(capacity: capacity) { [self] in time.withLock { $0 }
            }
            return try Router(settings: settings) {
                Post("/payments", .idempotent) { [self] (_, payment: Payment) in
                    let run = runs.withLock { runs in
                        runs += 1
                        return runs
                    }
                    if payment.amount == 13 { throw Problem.conflict("unlucky") }
                    if payment.amount == 14 { return HTTPResponse(.conflict) }
                    return HTTPResponse(.created, fields: ["x-run": "\(run)"], body: HTTPBody("run \(run)"))
                }
                Put("/payments", .idempotent) { [self] (_, _: Payment) in
                    runs.withLock { $0 += 1 }
                    return NoContent()
                }
            }
        }
    }

    private static func pay(
        _ router: Router,
        _ key: String?,
        amount: Int = 1,
        method: HTTPMethod = .post,
        as subject: String = "ann",
        query: String = ""
    ) async throws -> Answer {
        var fields: HTTPFields = [.authorization: subject]
        if let key { fields.append("idempotency-key", key) }
        return try await router.send(
            method,
            "/payments" + query,
            json: "{\"amount\":\(amount)}",
            fields: fields
        )
    }

    @Test("a repetition gets the first answer, and says so")
    func replay() async throws {
        let fixture = Fixture()
        let router = try fixture.router()
        let first = try await Self.pay(router, "\"k\"")
        let second = try await Self.pay(router, "k")
        #expect(first.status == 201 && second.status == 201)
        #expect(first.text == "run 1" && second.text == "run 1")
        #expect(second.fields["x-run"] == "1")
        #expect(first.fields["idempotency-replayed"] == nil)
        #expect(second.fields["idempotency-replayed"] == "true")
        #expect(fixture.runs.withLock { $0 } == 1)
    }

    @Test("a key belongs to its caller and its route; without one each request counts")
    func bound() async throws {
        let fixture = Fixture()
        let router = try fixture.router()
        for (key, method, subject) in [
            ("k", HTTPMethod.post, "ann"), ("k", .post, "bob"), ("k", .put, "ann"), ("l", .post, "ann"),
            (nil, .post, "ann"),
            (nil, .post, "ann"),
        ] as [(String?, HTTPMethod, String)] {
            let answer = try await Self.pay(router, key, method: method, as: subject)
            #expect(answer.fields["idempotency-replayed"] == nil)
        }
        #expect(fixture.runs.withLock { $0 } == 6)
    }

    @Test("the key with another body or target is 422")
    func otherRequest() async throws {
        let router = try Fixture().router()
        _ = try await Self.pay(router, "k")
        for answer in [
            try await Self.pay(router, "k", amount: 2), try await Self.pay(router, "k", query: "?a"),
        ] {
            #expect(answer.status == 422)
            #expect(try answer.reason == "idempotency_key_reused")
        }
    }

    @Test("an error is not kept", arguments: [13, 14])
    func error(amount: Int) async throws {
        let fixture = Fixture()
        let router = try fixture.router()
        #expect(try await Self.pay(router, "k", amount: amount).status == 409)
        #expect(try await Self.pay(router, "k", amount: amount).status == 409)
        #expect(fixture.runs.withLock { $0 } == 2)
        #expect(try await Self.pay(router, "k").status == 201)
    }

    @Test("a malformed key is 400", arguments: ["", "\"\"", "a b", "é", String(repeating: "k", count: 256)])
    func malformed(key: String) async throws {
        let answer = try await Self.pay(Fixture().router(), key)
        #expect(answer.status == 400)
        #expect(try answer.reason == "idempotency_key")
    }

    @Test("while the first is worked on, a second is 409 with Retry-After; then it is replayed")
    func inFlight() async throws {
        let (starts, start) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (gates, gate) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let router = try Router.open {
            $0.idempotency = MemoryIdempotencyStore()
        } routes: {
            Post("/slow", .idempotent) { _ in
                start.yield()
                for await _ in gates { break }
                return "done"
            }
        }
        let fields: HTTPFields = ["idempotency-key": "k"]
        async let first = router.send(.post, "/slow", fields: fields)
        for await _ in starts { break }
        let second = try await router.send(.post, "/slow", fields: fields)
        #expect(second.status == 409)
        #expect(second.fields[.retryAfter] == "1")
        #expect(try second.reason == "idempotency_in_flight")
        gate.yield()
        #expect(try await first.text == "done")
        #expect(
            try await router.send(.post, "/slow", fields: fields).fields["idempotency-replayed"] == "true"
        )
    }

    @Test("answers are kept for a day, and the oldest goes when there is no room")
    func lifetime() async throws {
        let fixture = Fixture(capacity: 2)
        let router = try fixture.router()
        _ = try await Self.pay(router, "a")
        fixture.time.withLock { $0 = MonotonicInstant(nanoseconds: 86_399_999_999_999) }
        #expect(try await Self.pay(router, "a").text == "run 1")
        fixture.time.withLock { $0 = MonotonicInstant(nanoseconds: 86_400_000_000_000) }
        #expect(try await Self.pay(router, "a").text == "run 2")
        for key in ["b", "c"] { _ = try await Self.pay(router, key) }
        #expect(try await Self.pay(router, "c").text == "run 4")
        #expect(try await Self.pay(router, "a").text == "run 5")
    }
}
