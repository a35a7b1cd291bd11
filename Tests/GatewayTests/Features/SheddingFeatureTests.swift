import HTTP
import Reactor
import Synchronization
import TestSupport
import Testing
import VigieTesting

@Suite("G18: load shedding, which nobody has to turn on", .timeLimit(.minutes(2)))
struct SheddingFeatureTests {
    private static let document = """
        {"routes": [{"path": "/{rest...}", "service": "echo", "auth": "open", "timeout": "60s", "attemptTimeout": "60s"}]}
        """

    @Test("G18: what is above the limit gets 503 at once, in each gateway; health and metrics go on")
    func refuses() async throws {
        try await GatewayStage.run(Self.document) { stage in
            var patience = HTTPClientSettings()
            (patience.timeouts.attempt, patience.timeouts.total) = (.seconds(60), nil)
            patience.connectionsPerLoop = 1_024
            let client = HTTPClient(on: try TestLoops.two, settings: patience)
            for gateway in stage.gateways {
                let goOn = Latch()
                stage.allAnswer { _ in
                    await goOn.wait()
                    return HTTPResponse(.ok)
                }
                for upstream in stage.upstreams { upstream.forget() }
                let limit = Int(
                    try #require(gateway.metric("gateway_concurrency_limit", ["service": "echo"]))
                )
                try await withThrowingTaskGroup(of: Int.self) { tasks in
                    for _ in 0..<limit {
                        tasks.addTask {
                            let destination = HTTPDestination(gateway.address)
                            let answer = try await client.send(HTTPRequest(.get, "/a"), to: destination)
                            return Int(answer.head.status.code)
                        }
                    }
                    try await eventually("all places taken") { stage.requests.count == limit }
                    for _ in 0..<20 {
                        let refused = try await gateway.get("/a")
                        #expect(refused.status == 503 && refused.reason == "overloaded", "\(refused.text)")
                        #expect(refused.fields[.retryAfter] == "1" && !refused.fields.contains("ratelimit"))
                    }
                    #expect(try await gateway.get("/health").status == 200)
                    let page = try await gateway.get("/metrics").text
                    #expect(page.contains(#"gateway_shed_total{service="echo"} 20"#), "\(page)")
                    #expect(stage.requests.count == limit, "no refused request reached an instance")
                    goOn.open()
                    for try await status in tasks { #expect(status == 200) }
                }
                #expect(try await gateway.get("/a").status == 200, "the places came back")
            }
            await client.close()
        }
    }

    @Test("G18: the limit follows the service's latency down, and up again")
    func follows() async throws {
        try await GatewayStage.run(Self.document) { stage in
            let loop = try TestLoops.one.loops[0]
            let delay = Mutex(Duration.milliseconds(10))
            stage.allAnswer { _ in
                try await loop.sleep(for: delay.withLock { $0 })
                return HTTPResponse(.ok)
            }
            let gateway = stage.gateway
            @Sendable func limit() -> Double {
                gateway.metric("gateway_concurrency_limit", ["service": "echo"]) ?? 0
            }
            try await ClientLoad.run(clients: 70) { _ in
                try await gateway.get("/a").status
            } _: { load in
                // It knows how long the service takes.
                try await load.more(2_000)
                delay.withLock { $0 = .milliseconds(300) }
                try await eventually("a lower limit") { limit() < 60 }
                try await eventually("refusals") { load.count(503) > 0 }
                delay.withLock { $0 = .milliseconds(10) }
                let lowest = limit()
                try await eventually("a higher limit") { limit() > lowest }
                #expect(load.failures.allSatisfy { $0.hasPrefix("503: ") })
            }
            // The other gateway has its own experience.
            #expect(stage.gateways[1].metric("gateway_concurrency_limit", ["service": "echo"]) == 1_000)
        }
    }
}
