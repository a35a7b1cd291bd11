import HTTP
import Reactor
import Synchronization
import Telemetry

extension OutgoingExchange {
    /// Whether a second attempt beside the first does no harm.
    var mayHedge: Bool {
        switch request.head.method {
        case .get, .head, .options: request.body.isRepeatable
        default: false
        }
    }

    /// Sends an attempt, and behind `delay` without an answer another one beside it; the first good answer counts, and the
    /// other attempt is cancelled. Both instances have been tried then.
    mutating func hedged(
        _ lease: InstanceLease,
        after delay: Duration,
        _ summary: inout CallSummary
    ) async -> EndedAttempt {
        let (client, sender, request) = (client, sender, request)
        let (tried, resend) = (tried + [lease.instance], schedule.attemptsMade)
        let hedges = HedgeCount()
        let ended: [EndedAttempt] = await withTaskGroup(of: EndedAttempt?.self) { tasks in
            let loop = EventLoop.current
            tasks.addTask(executorPreference: loop) {
                var request = request
                return await sender.send(&request, lease, resend: resend)
            }
            tasks.addTask(executorPreference: loop) {
                guard await client.pause(delay), let second = client.hedge(excluding: tried) else {
                    return nil
                }
                hedges.value.add(1, ordering: .relaxed)
                client.telemetry.retries.add()
                var request = request
                return await sender.send(&request, second, resend: resend + 1)
            }
            var ended: [EndedAttempt] = []
            for await case let attempt? in tasks {
                ended.append(attempt)
                let isGood = attempt.isAnswer && !client.settings.retry.isRetryable(attempt.outcome)
                // A first attempt that failed before the second began is followed by a retry.
                if isGood || hedges.value.load(ordering: .relaxed) == 0 { tasks.cancelAll() }
            }
            return ended
        }
        summary.attempts += 1 + hedges.value.load(ordering: .relaxed)
        let best =
            ended.first { $0.isAnswer && !client.settings.retry.isRetryable($0.outcome) }
            ?? ended.first { $0.isAnswer } ?? ended[0]
        for other in ended where other.lease.token != best.lease.token {
            note(tried: other.lease.instance)
            if other.isStreamed { client.instances.release(other.lease, nil, at: client.clock()) }
        }
        return best
    }
}

/// How many attempts a call has made beside its first.
private final class HedgeCount: Sendable { let value = Atomic(0) }
