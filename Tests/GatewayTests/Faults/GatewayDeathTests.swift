import HTTP
import Reactor
import Synchronization
import TestSupport
import Testing

@Suite(
    "gateways that die under nginx",
    .enabled(if: Program.isWanted("nginx")),
    .timeLimit(.minutes(3))
)
struct GatewayDeathTests {
    private static let document = """
        {"routes": [{"path": "/{rest...}", "service": "echo", "auth": "open", "attemptTimeout": "25s", "timeout": "30s"}]}
        """

    @Test("what a killed gateway had in hand is answered by the other; what may not be sent twice is not")
    func inFlight() async throws {
        try await FrontStage.run(Self.document) { stage in
            let (arrived, goOn) = (Events<HTTPMethod>(), Latch())
            stage.allAnswer { request in
                arrived.note(request.head.method)
                await goOn.wait()
                return HTTPResponse(.ok, body: HTTPBody("here"))
            }
            try await withThrowingTaskGroup(of: (HTTPMethod, Int, [String]).self) { tasks in
                for method in Array(repeating: HTTPMethod.get, count: 8) + [.post, .post, .post, .post] {
                    tasks.addTask {
                        let answer = try await stage.send(method, "/held")
                        return (method, answer.status, answer.gateways)
                    }
                }
                for _ in 0..<12 { _ = await arrived.next() }
                await stage.gateways[0].kill()
                goOn.open()
                var (again, lost) = (0, 0)
                for try await (method, status, gateways) in tasks {
                    if method == .get {
                        #expect(status == 200, "\(gateways)")
                        again += gateways.count - 1
                    } else {
                        #expect(status == 200 || status == 502 && gateways.count == 1, "\(gateways)")
                        lost += status == 502 ? 1 : 0
                    }
                }
                #expect(again + lost > 0, "the gateway that was killed had nothing in hand")
                #expect(stage.requests.count { $0.method == .post } == 4)
                #expect(stage.requests.count { $0.method == .get } == 8 + again)
            }
        }
    }

    @Test("gateways that are killed and come back, one after the other, cost no GET its answer")
    func again() async throws {
        try await FrontStage.run(Self.document) { stage in
            try await ClientLoad.run { _ in
                try await stage.send(.get, "/a").status
            } _: { load in
                for round in 0..<6 {
                    try await load.more(200)
                    await stage.gateways[round % 2].kill()
                    try await load.more(200)
                    try await stage.gateways[round % 2].restart()
                }
                try await load.more(200)
                #expect(load.failures.isEmpty)
            }
        }
    }

    @Test("a gateway that drains costs no request its answer, whatever its method")
    func drained() async throws {
        try await FrontStage.run(Self.document) { stage in
            try await ClientLoad.run { client in
                try await stage.send(client.isMultiple(of: 2) ? .get : .post, "/a").status
            } _: { load in
                for round in 0..<2 {
                    try await load.more(200)
                    stage.gateways[round].beginDrain()
                    #expect(await stage.gateways[round].ended() == .exited(0))
                    try await load.more(200)
                    try await stage.gateways[round].restart()
                }
                try await load.more(200)
                #expect(load.failures.isEmpty)
            }
        }
    }

    @Test("G14: while all instances fail, two gateways make at most 1.2 attempts a request and 3 a second")
    func budget() async throws {
        try await FrontStage.run(Self.document) { stage in
            stage.allAnswer { _ in HTTPResponse(.serviceUnavailable) }
            let began = MonotonicInstant.now
            let answers = try await withThrowingTaskGroup(of: [Int].self) { tasks in
                for _ in 0..<8 {
                    tasks.addTask {
                        var statuses: [Int] = []
                        for _ in 0..<250 { statuses.append(try await stage.send(.get, "/a").status) }
                        return statuses
                    }
                }
                return try await tasks.reduce(into: []) { $0 += $1 }
            }
            let seconds = Double((MonotonicInstant.now - began).nanoseconds) / 1e9
            let attempts = stage.requests.count
            #expect(answers.count == 2_000 && answers.allSatisfy { $0 == 503 })
            #expect(Double(attempts) <= 1.2 * 2_000 + 3 * seconds, "\(attempts) attempts in \(seconds) s")
            // Each instance was asked until its breaker opened, in each gateway.
            #expect(attempts >= 100, "\(attempts)")
        }
    }

    @Test(
        "G14: where breakers stay closed, retries stay within a fifth of the requests, and 3 a second a gateway"
    )
    func sharedBudget() async throws {
        try await FrontStage.run(Self.document) { stage in
            // One of four fails: no breaker opens and no instance is ejected.
            for upstream in stage.upstreams {
                let number = Atomic(0)
                upstream.answers { _ in
                    let isGood = number.add(1, ordering: .relaxed).newValue % 4 > 0
                    return isGood ? HTTPResponse(.ok) : HTTPResponse(.serviceUnavailable)
                }
            }
            let began = MonotonicInstant.now
            let count = 3_000
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for _ in 0..<8 {
                    tasks.addTask {
                        for _ in 0..<(count / 8) { _ = try await stage.send(.get, "/a") }
                    }
                }
                try await tasks.waitForAll()
            }
            let seconds = Double((MonotonicInstant.now - began).nanoseconds) / 1e9
            let attempts = stage.requests.count
            // The floor of 3 a second is granted for the ten seconds of the window, in each gateway.
            #expect(Double(attempts) <= 1.2 * Double(count) + 2 * 3 * (seconds + 10), "\(attempts)")
            #expect(Double(attempts) >= 1.15 * Double(count), "retries are made: \(attempts)")
        }
    }
}
