import FoundationEssentials
import HTTP
import JSON
import Reactor
import TestSupport
import Testing

/// The statements that are about seconds and minutes, as a client sees them. The rules behind them are tested with time
/// passed in (`StateTests`); these run when `TEST_SLOW=1`, in about two minutes.
@Suite(
    "conformance in real time: 23, 26, 29, 32, 53, 67, 69, 72, 78",
    .enabled(if: ProcessInfo.processInfo.environment["TEST_SLOW"] == "1")
)
struct RealTimeTests {
    private func sleep(_ time: Duration) async throws { try await TestLoops.two.loops[0].sleep(for: time) }

    private func create(_ registry: RegistryClient, _ body: String) async throws -> String {
        try #require(try await registry.put("/v1/session/create", body).json["ID"]?.string)
    }

    private func isThere(_ session: String, _ registry: RegistryClient) async throws -> Bool {
        let found = try await registry.get("/v1/session/info/\(session)").list
        return !found.isEmpty
    }

    @Test("23: a TTL of 1s ends within 1.0-1.6 s") func ttl() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web","Check":{"TTL":"1s"}"#)
            let start = MonotonicInstant.now
            try await registry.put("/v1/agent/check/pass/service:web?note=hi")
            let answer = try await registry.get("/v1/health/checks/web") { answer in
                try answer.list.first?["Status"]?.string == "critical"
            }
            let time = MonotonicInstant.now - start
            #expect(time >= .seconds(1) && time <= .milliseconds(1600))
            let output = try #require(try answer.list.first?["Output"]?.string)
            #expect(output.hasPrefix("TTL expired") && output.contains("hi"))
        }
    }

    @Test("26: an interval of 100ms is one of a second; 29: the third failure, the second success")
    func runs()
        async throws
    {
        let hits = Shared<[MonotonicInstant]>([])
        let fails = Shared(false)
        let server = try await HTTPServer.start(at: .loopback(port: 0), on: try TestLoops.two) { _ in
            hits.withLock { $0.append(.now) }
            return HTTPResponse(fails.withLock { $0 } ? 500 : .ok)
        }
        let port = server.address.port ?? 0
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(
                #""Name":"web","Check":{"HTTP":"http://127.0.0.1:\#(port)/","Interval":"100ms","Status":"passing","FailuresBeforeCritical":3,"SuccessBeforePassing":2}"#
            )
            try await sleep(.seconds(4))
            for (isFailing, status, runs) in [(true, "critical", 3), (false, "passing", 2)] {
                let before = hits.withLock { hits in
                    fails.withLock { $0 = isFailing }
                    return hits.count
                }
                _ = try await registry.get("/v1/health/checks/web") { answer in
                    try answer.list.first?["Status"]?.string == status
                }
                // A run may have been on its way when the answers turned.
                #expect((runs...runs + 1).contains(hits.withLock { $0.count } - before), "\(status)")
            }
        }
        _ = await server.drain()
        let times = hits.withLock { $0 }
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= .milliseconds(990) })
        #expect(times.count >= 7)
    }

    @Test("32: critical for more than a minute: there after 45 s, gone after 95 s; a pass saves")
    func reaping()
        async throws
    {
        try await RegistryFixture.run { (registry) async throws in
            for name in ["gone", "saved"] {
                try await registry.register(
                    #""Name":"\#(name)","Check":{"TTL":"3600s","DeregisterCriticalServiceAfter":"1s"}"#
                )
                try await registry.put("/v1/agent/check/fail/service:\(name)")
            }
            try await sleep(.seconds(45))
            #expect(try await registry.get("/v1/agent/services").json.keys == ["gone", "saved"])
            try await registry.put("/v1/agent/check/pass/service:saved")
            try await registry.put("/v1/agent/check/fail/service:saved")
            try await sleep(.seconds(50))
            #expect(try await registry.get("/v1/agent/services").json.keys == ["saved"])
        }
    }

    @Test("53: a query without wait is open for more than a minute") func open() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web","Check":{"TTL":"3600s"}"#)
            let before = try await registry.get("/v1/health/state/any")
            async let blocked = registry.get("/v1/health/state/any?index=\(before.index)")
            try await sleep(.seconds(62))
            try await registry.untilWaiting(1)
            try await registry.put("/v1/agent/check/pass/service:web")
            #expect(try await blocked.index > before.index)
        }
    }

    @Test("67: a session of 10s lives for 10 s, is gone by 21 s, and stays with renewals; 72: its end wakes")
    func sessions()
        async throws
    {
        try await RegistryFixture.run { (registry) async throws in
            let left = try await create(registry, #"{"TTL":"10s"}"#)
            let kept = try await create(registry, #"{"TTL":"10s"}"#)
            let start = MonotonicInstant.now
            let index = try await registry.get("/v1/session/list").index
            async let ended = registry.get("/v1/session/list?index=\(index)&wait=60s")
            try await sleep(.seconds(8))
            #expect(try await registry.put("/v1/session/renew/\(kept)").list.count == 1)
            try await sleep(.milliseconds(2_050))
            #expect(try await isThere(left, registry))
            try await sleep(.milliseconds(5_950))
            #expect(try await registry.put("/v1/session/renew/\(kept)").list.count == 1)
            #expect(try await ended.list.map { $0["ID"]?.string } == [kept])
            let time = MonotonicInstant.now - start
            #expect(time >= .seconds(10) && time <= .seconds(21))
            try await sleep(.seconds(8))
            #expect(try await isThere(kept, registry))
            try await registry.put("/v1/session/destroy/\(kept)")
        }
    }

    @Test("69: the lock-delay of 2s holds for 2 s") func lockDelay() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let one = try await create(registry, #"{"LockDelay":"2s"}"#)
            let two = try await create(registry, "{}")
            try await registry.put("/v1/kv/l?acquire=\(one)", "x")
            try await registry.put("/v1/session/destroy/\(one)")
            try await sleep(.milliseconds(1_800))
            #expect(try await registry.put("/v1/kv/l?acquire=\(two)", "y").text == "false")
            try await sleep(.milliseconds(300))
            #expect(try await registry.put("/v1/kv/l?acquire=\(two)", "y").text == "true")
        }
    }

    @Test("78: 200 connections report and renew for a minute") func traffic() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await ReportTraffic(registry, lanes: 200).run(until: .now + .seconds(60), rounds: .max)
        }
    }
}

/// Instances that report and sessions that are renewed, each lane on a connection of its own.
struct ReportTraffic {
    private let registry: RegistryClient
    private let lanes: Int

    init(_ registry: RegistryClient, lanes: Int) {
        self.registry = registry
        self.lanes = lanes
    }

    /// Reports until a time or so many rounds, and looks whether the last report of each lane is what is told.
    func run(until end: MonotonicInstant, rounds: Int) async throws {
        let last = try await withThrowingTaskGroup(of: (Int, String).self) { tasks in
            for lane in 0..<lanes { tasks.addTask { (lane, try await self.report(lane, end, rounds)) } }
            return try await tasks.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
        }
        let checks = try await registry.get("/v1/agent/checks").json
        for (lane, note) in last {
            let check = checks["service:lane-\(lane)"]
            #expect(check?["Output"]?.string == note)
            #expect(check?["Status"]?.string == (note.hasSuffix("pass") ? "passing" : "warning"))
        }
    }

    private func report(_ lane: Int, _ end: MonotonicInstant, _ rounds: Int) async throws -> String {
        try await registry.register(#""Name":"lane-\#(lane)","Check":{"TTL":"600s"}"#)
        let session = try #require(
            try await registry.put("/v1/session/create", #"{"TTL":"600s"}"#).json["ID"]?.string
        )
        var note = ""
        var round = 0
        while round < rounds, MonotonicInstant.now < end {
            // Every third report is another status: a write for everybody to see.
            let word = round % 3 == 0 ? "warn" : "pass"
            note = "\(lane)-\(round)-\(word)"
            let answer = try await registry.put("/v1/agent/check/\(word)/service:lane-\(lane)?note=\(note)")
            try #require(answer.isEmptySuccess, "\(answer.text)")
            let renewed = try await registry.put("/v1/session/renew/\(session)")
            try #require(renewed.status == 200, "\(renewed.text)")
            round += 1
        }
        try await registry.put("/v1/session/destroy/\(session)")
        return note
    }
}
