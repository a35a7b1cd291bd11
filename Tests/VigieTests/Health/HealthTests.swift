import HTTP
import Reactor
import Routing
import Synchronization
import TestSupport
import Testing
import Vigie
import VigieTesting

@Suite("health", .timeLimit(.minutes(1))) struct HealthTests {
    private static let fast = ["instance.probe-interval": "100ms"]

    @Test("what is required decides on readiness, what is not only shows")
    func dependencies() async throws {
        let settings = Self.fast.merging(["sample.needs": "h-need", "sample.wants": "h-want"]) { own, _ in own
        }
        try await TestService.run(Sample.self, settings: settings) { sample in
            #expect(try await Self.status(sample) == "200 pass")
            #expect(sample.metric("service_dependency_up", ["dependency": "h-need"]) == 1)
            Switches.shared.set("h-want", isOn: false)
            try await Self.waits(sample, for: "200 warn")
            #expect(try await sample.get("/health/ready").status == 200)
            Switches.shared.set("h-need", isOn: false)
            try await Self.waits(sample, for: "503 fail")
            #expect(try await sample.get("/health/ready").status == 503)
            #expect(try await sample.get("/health/live").status == 200)
            #expect(sample.metric("service_dependency_up", ["dependency": "h-need"]) == 0)
            #expect(sample.logLines("dependency is down", "h-need").count == 1)
            for name in ["h-need", "h-want"] { Switches.shared.set(name, isOn: true) }
            try await Self.waits(sample, for: "200 pass")
            #expect(try await sample.get("/health/ready").status == 200)
        }
    }

    @Test("the report has the form of health+json, with each dependency's latency")
    func report() async throws {
        try await TestService.run(Sample.self, settings: ["sample.needs": "h-form"]) { sample in
            let answer = try await sample.get("/health")
            #expect(answer.fields["content-type"] == "application/health+json")
            #expect(answer.fields["cache-control"] == "no-store")
            let report = try answer.json
            #expect(report["version"]?.string == "1.2.3" && report["serviceId"]?.string == "sample-test")
            #expect(report["uptimeSeconds"]?.number != nil && report["phase"]?.string == "serving")
            let check = report["checks"]?["h-form:responseTime"]?[0]
            #expect(check?["status"]?.string == "pass" && check?["observedUnit"]?.string == "us")
            #expect((check?["observedValue"]?.number?.int64 ?? -1) >= 0)
        }
    }

    /// A service that is not ready before something is known.
    private struct Waiting: Service {
        static let name: ServiceName = "waiting"
        static let isKnown = Atomic(false)
        init(_ setup: ServiceSetup) { setup.waits { Self.isKnown.load(ordering: .relaxed) } }
        var routes: some Routes { RouteList([]) }
    }

    @Test("what a start waits for: until then the service is not ready")
    func waitsForStart() async throws {
        let port = try LoopbackPort.free(1)[0]
        let client = HTTPClient(on: try TestLoops.one)
        let isReady = { @Sendable () async -> HTTPStatus? in
            let request = HTTPRequest(.get, "/health/ready")
            return try? await client.send(request, to: HTTPDestination(.loopback(port: port))).head.status
        }
        async let run: Void = TestService.run(Waiting.self, settings: ["server.port": "\(port)"]) { _ in
            #expect(await isReady() == .ok)
        }
        try await eventually("an answer") { await isReady() != nil }
        #expect(await isReady() == .serviceUnavailable)
        Waiting.isKnown.store(true, ordering: .relaxed)
        try await run
        await client.close()
    }

    private static func status(_ sample: TestService) async throws -> String {
        let answer = try await sample.get("/health")
        return "\(answer.status) \(try answer.json["status"]?.string ?? "")"
    }

    private static func waits(_ sample: TestService, for expected: String) async throws {
        let end = MonotonicInstant.now + .seconds(20)
        var last = ""
        while last != expected, .now < end { last = try await status(sample) }
        #expect(last == expected)
    }
}
