import HTTP
import Reactor

/// All figures at one number of instances.
struct Measuring {
    static let watchers = 2000
    /// Registrations on their way at once.
    static let concurrency = 256

    let count: Int
    let stage: RegistryStage

    init(_ count: Int, _ stage: RegistryStage) {
        self.count = count
        self.stage = stage
    }

    func run() async throws {
        try await stage.start(isFresh: true)
        try await connect()
        let empty = stage.residentKiB
        try await registrations()
        tell("KiB an instance", (stage.residentKiB - empty) / Double(count))
        try await readings()
        try await reports()
        let without = stage.residentKiB
        try await Watching(stage, watchers: Self.watchers) {
            "/v1/health/service/service-\($0 % Registration.services)"
        }
        .run { watching in
            tell("KiB a watcher", (stage.residentKiB - without) / Double(Self.watchers))
            tell(
                "processor, 2 000 watchers, no checks, %",
                100 * (try await stage.processorShare(over: .seconds(5)))
            )
            let spread = try await watching.changes(2000, pause: .milliseconds(5)) { number in
                Registration(number: number % Registration.services)
            }
            tell("register to notified, 4 watchers each, p50 ms", spread.percentile(50))
            tell("register to notified, 4 watchers each, p99 ms", spread.percentile(99))
        }
        try await Watching(stage, watchers: Self.watchers) { _ in "/v1/health/service/service-0" }.run {
            watching in
            let all = try await watching.changes(20, pause: .milliseconds(500)) { _ in Registration(number: 0)
            }
            tell("register to notified, 2 000 watchers of one service, p50 ms", all.percentile(50))
            tell("register to notified, 2 000 watchers of one service, p99 ms", all.percentile(99))
        }
        await stage.kill()
        tell("restart from disk, ms", Double((try await stage.start(isFresh: false)).nanoseconds) / 1e6)
        try await checks()
        await stage.kill()
    }

    private func tell(_ figure: String, _ value: Double) {
        StandardStream.output.write(line: "\(count)\t\(figure)\t\((value * 100).rounded() / 100)")
    }

    /// Opens the connections that register, so that they count to no instance.
    private func connect() async throws {
        try await withThrowingDiscardingTaskGroup { tasks in
            for _ in 0..<Self.concurrency {
                tasks.addTask(executorPreference: stage.group.loops[0]) {
                    for _ in 0..<4 { _ = try await stage.index("/v1/health/state/any") }
                }
            }
        }
    }

    /// Registers all.
    private func registrations() async throws {
        let bodies = (0..<count).map { Registration(number: $0).reporting() }
        let (seconds, processor) = try await registering(bodies)
        tell("registrations/s", Double(count) / seconds)
        tell("processor of a registration, µs", processor / Double(count) * 1e6)
        let writes = try await stage.metric("registry_log_sync_seconds_count")
        tell("registrations a write to the disk", Double(count) / max(1, writes))
    }

    private func registering(_ bodies: [[UInt8]]) async throws -> (seconds: Double, processor: Double) {
        let before = stage.processorSeconds
        let began = MonotonicInstant.now
        try await withThrowingDiscardingTaskGroup { tasks in
            for first in 0..<Self.concurrency {
                tasks.addTask(executorPreference: stage.group.loops[0]) {
                    for place in stride(from: first, to: bodies.count, by: Self.concurrency) {
                        try await stage.put("/v1/agent/service/register", bodies[place])
                    }
                }
            }
        }
        return (Double((MonotonicInstant.now - began).nanoseconds) / 1e9, stage.processorSeconds - before)
    }

    /// Reports and renewals on 200 connections (consul-http-api.md, statement 78).
    private func reports() async throws {
        let samples = try await withThrowingTaskGroup(of: [Duration].self) { tasks in
            for lane in 0..<200 {
                tasks.addTask(executorPreference: stage.group.loops[0]) { try await reports(lane) }
            }
            return try await tasks.reduce(into: Samples()) { samples, times in
                for time in times { samples.add(time) }
            }
        }
        tell("reports on 200 connections, 20/s each, p99 ms", samples.percentile(99))
    }

    private func reports(_ lane: Int) async throws -> [Duration] {
        let check = "service:service-\(lane % Registration.services)-\(lane)"
        var times: [Duration] = []
        for round in 0..<100 {
            let began = MonotonicInstant.now
            try await stage.put("/v1/agent/check/pass/\(check)?note=\(round)", [])
            times.append(MonotonicInstant.now - began)
            try await stage.group.loops[0].sleep(for: .milliseconds(50))
        }
        return times
    }

    /// How long answers take that hold everything.
    private func readings() async throws {
        for (name, path) in [
            ("health/state/any", "/v1/health/state/any"), ("catalog/services", "/v1/catalog/services"),
        ] {
            var samples = Samples()
            for _ in 0..<10 {
                let began = MonotonicInstant.now
                _ = try await stage.index(path)
                samples.add(MonotonicInstant.now - began)
            }
            tell("\(name), p50 ms", samples.percentile(50))
        }
    }

    /// What checks of all instances cost, each every 5 s.
    private func checks() async throws {
        let server = try await HTTPServer.start(at: .ipv4(0, port: 0), on: stage.group) { _ in
            HTTPResponse(.ok, body: HTTPBody(#"{"status":"pass"}"#))
        }
        let port = server.address.port ?? 0
        _ = try await registering((0..<count).map { Registration(number: $0).checked(port: port) })
        // The first runs are spread over an interval.
        try await stage.group.loops[0].sleep(for: .seconds(6))
        let before = try await stage.metric("registry_check_runs_total")
        tell(
            "processor, HTTP checks every 5 s, %",
            100 * (try await stage.processorShare(over: .seconds(10)))
        )
        tell("checks/s", (try await stage.metric("registry_check_runs_total") - before) / 10)
        let bytes = try await stage.send(.get, "/v1/health/state/critical").body.collect(upTo: 64 << 20)
        tell("critical checks", bytes.count > 2 ? 1 : 0)
        await stage.kill()
        _ = await server.drain()
    }
}

/// Durations, and what of them is asked for.
struct Samples: Sendable {
    private var nanoseconds: [Int64] = []

    mutating func add(_ time: Duration) { nanoseconds.append(time.nanoseconds) }

    /// In milliseconds.
    func percentile(_ part: Int) -> Double {
        guard !nanoseconds.isEmpty else { return 0 }
        let sorted = nanoseconds.sorted()
        return Double(sorted[min(sorted.count - 1, sorted.count * part / 100)]) / 1e6
    }
}
