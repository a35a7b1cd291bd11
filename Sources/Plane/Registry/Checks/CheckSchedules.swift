import Reactor

/// When each check that the agent runs is due next.
struct CheckSchedules {
    private struct Schedule {
        let plan: CheckPlan
        /// nil while it runs.
        var timer: LoopLocal.Timer?
    }

    private var all: [CheckKey: Schedule] = [:]

    /// Begins to time a check, the first run behind a random part of its interval, or of `limit` where that is shorter; one with
    /// the same plan goes on.
    mutating func put(
        _ key: CheckKey,
        _ plan: CheckPlan,
        within limit: Duration? = nil,
        on local: LoopLocal,
        _ run: @escaping () -> Void
    ) {
        if let old = all[key] {
            guard old.plan != plan else { return }
            if let timer = old.timer { local.cancel(timer) }
        }
        let spread = min(plan.effectiveInterval, limit?.nanoseconds ?? .max)
        let first = local.now + Int64.random(in: 0..<spread)
        all[key] = Schedule(plan: plan, timer: local.schedule(at: first, run))
    }

    mutating func remove(_ key: CheckKey, on local: LoopLocal) {
        guard let timer = all.removeValue(forKey: key)?.timer else { return }
        local.cancel(timer)
    }

    mutating func removeAll(on local: LoopLocal) {
        for case let timer? in all.values.map(\.timer) { local.cancel(timer) }
        all = [:]
    }

    /// Times the next run behind one that has ended.
    mutating func again(_ key: CheckKey, on local: LoopLocal, _ run: @escaping () -> Void) {
        guard let schedule = all[key] else { return }
        if let timer = schedule.timer { local.cancel(timer) }
        all[key]?.timer = local.schedule(at: local.now + schedule.plan.effectiveInterval, run)
    }
}

extension CheckPlan {
    /// Whether the agent runs it: TTLs report by themselves, and aliases follow.
    var isRun: Bool {
        switch kind {
        case .http, .tcp: true
        case .ttl, .alias: false
        }
    }
}
