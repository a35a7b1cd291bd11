import Glibc
import Reactor
import Supervision

/// The registry is killed, stays away under load, and comes back without what it knew.
struct OutageDrill: Drill {
    let options: DrillOptions

    /// How long all may take to be registered again.
    private static let returnLimit = Duration.seconds(10)

    init(_ options: DrillOptions) { self.options = options }

    func run(on stage: DrillStage) async throws -> Bool {
        let registry = try await stage.registry()
        var ports: Set<UInt16> = []
        for _ in 0..<options.instances {
            ports.insert(try await stage.service("DrillService", "drill").port)
        }
        let load = try await stage.service("DrillLoad", "load", ["VIGIE_LOAD_WORKERS": "\(options.workers)"])
        try await stage.calls(100, load)
        let table = DrillTable(
            "second",
            "registry    ",
            "   calls",
            "failed",
            "slowest call ms",
            "age of the known s"
        )
        let began = MonotonicInstant.now
        try await report("there", began, table, stage, load)
        registry.signal(SIGKILL)
        _ = await registry.ended()
        let end = MonotonicInstant.now + .seconds(options.seconds)
        while .now < end {
            try await stage.sleep(for: min(.seconds(10), end - .now))
            try await report("away", began, table, stage, load)
        }
        _ = try await stage.registry()
        let returned = MonotonicInstant.now
        try await stage.wait(for: "all in the registry again") {
            let found = (try await stage.passing("drill"), try await stage.passing("load"))
            return found == (ports, [load.port])
        }
        let time = MonotonicInstant.now - returned
        try await report("back, all in", began, table, stage, load)
        // The guard against sets that vanish ends, and the next questions are asked.
        try await stage.sleep(for: .seconds(12))
        try await report("back", began, table, stage, load)
        let figures = try await stage.figures(load)
        for failure in figures.failures { StandardStream.output.write(line: "failed: \(failure)") }
        StandardStream.output.write(
            line:
                "all registered again after \(DrillTable.text(time)) s, \(figures.count) calls, \(figures.failed) failed"
        )
        return figures.failed == 0 && time <= Self.returnLimit
    }

    private func report(
        _ state: String,
        _ began: MonotonicInstant,
        _ table: DrillTable,
        _ stage: DrillStage,
        _ load: DrillStage.Served
    ) async throws {
        let figures = try await stage.figures(load)
        let age = try await stage.metric("discovery_snapshot_age_seconds", load.port)
        table.row(
            DrillTable.text(MonotonicInstant.now - began),
            state,
            "\(figures.count)",
            "\(figures.failed)",
            DrillTable.text(figures.slowest),
            age.map(DrillTable.text) ?? "none"
        )
    }
}
