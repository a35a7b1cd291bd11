import Glibc
import JSON
import Reactor
import Supervision

/// Every instance of a service is replaced, one after the other, again and again, under keep-alive load.
struct RolloutDrill: Drill {
    let options: DrillOptions

    init(_ options: DrillOptions) { self.options = options }

    /// What the leaving of an instance said of itself.
    private struct Leaving {
        var isConfirmed = false
        var milliseconds = 0.0
        var exit = ChildProcess.Exit.exited(0)
    }

    func run(on stage: DrillStage) async throws -> Bool {
        _ = try await stage.registry()
        var instances: [DrillStage.Served] = []
        for _ in 0..<options.instances { instances.append(try await stage.service("DrillService", "drill")) }
        let load = try await stage.service("DrillLoad", "load", ["VIGIE_LOAD_WORKERS": "\(options.workers)"])
        try await stage.calls(100, load)
        let table = DrillTable(
            "round",
            "replaced",
            "     GET",
            "    POST",
            "failed",
            "slowest call ms",
            "slowest leaving ms",
            "round s"
        )
        var isGood = true
        var before = try await stage.figures(load)
        for round in 1...options.rounds {
            let began = MonotonicInstant.now
            var slowestLeaving = 0.0
            for index in instances.indices {
                let old = instances[index]
                instances[index] = try await stage.service("DrillService", "drill")
                let leaving = await stop(old)
                slowestLeaving = max(slowestLeaving, leaving.milliseconds)
                isGood = isGood && leaving.isConfirmed && leaving.exit == .exited(0)
                if !leaving.isConfirmed || leaving.exit != .exited(0) {
                    StandardStream.output.write(line: "port \(old.port): \(leaving)")
                }
                try await stage.calls(100, load)
            }
            let after = try await stage.figures(load)
            table.row(
                "\(round)",
                "\(instances.count)",
                "\(after.gets - before.gets)",
                "\(after.posts - before.posts)",
                "\(after.failed - before.failed)",
                DrillTable.text(after.slowest),
                DrillTable.text(slowestLeaving),
                DrillTable.text(MonotonicInstant.now - began)
            )
            before = after
        }
        for failure in before.failures { StandardStream.output.write(line: "failed: \(failure)") }
        StandardStream.output.write(
            line:
                "\(options.rounds * instances.count) instances replaced, \(before.count) calls, \(before.failed) failed"
        )
        return isGood && before.failed == 0
    }

    /// Stops an instance as a supervisor would, and reads what it says of its leaving.
    private func stop(_ instance: DrillStage.Served) async -> Leaving {
        var leaving = Leaving()
        leaving.exit = await instance.process.stop()
        let line = await instance.process.line { $0.contains(#""msg":"deregistered, "#) }
        guard let line, let value = try? JSONText.decode(JSONValue.self, from: Array(line.utf8)) else {
            return leaving
        }
        leaving.isConfirmed =
            value["unconfirmed"]?.number?.int64 == 0 && (value["watchers"]?.number?.int64 ?? 0) > 0
        leaving.milliseconds = value["duration_ms"]?.number?.double ?? 0
        return leaving
    }
}
