import HTTP
import Reactor

/// How long a read may wait for a change (Consul, "Blocking queries").
public struct ConsulPoll: Sendable, Hashable {
    /// What the answer's index must exceed; 0 asks for an answer at once.
    public var index: UInt64
    /// How long Consul may wait; it adds up to a sixteenth.
    public var wait: Duration

    /// Asks for an answer at once, or for the next change behind `index`.
    public init(index: UInt64 = 0, wait: Duration = .zero) {
        self.index = index
        self.wait = wait
    }

    /// How long the caller waits for the answer: `wait` × 17/16 + 5 s.
    public var timeout: Duration { index == 0 ? .seconds(5) : wait * 17 / 16 + .seconds(5) }

    var timeouts: HTTPTimeouts {
        var timeouts = HTTPTimeouts()
        timeouts.attempt = timeout
        timeouts.idle = timeout
        // A long answer to a poll that waited to the last moment takes its time, too.
        timeouts.total = timeout + .seconds(5)
        return timeouts
    }

    func add(to target: inout ConsulTarget) {
        guard index > 0 else { return }
        target.add("index", String(index))
        target.add("wait", ConsulDuration.text(wait))
    }
}

/// What a read brought, and the index behind which changes are news.
public struct ConsulIndexed<Value: Sendable>: Sendable {
    /// What was read.
    public let value: Value
    /// `X-Consul-Index`; nil where Consul did not say it.
    public let index: UInt64?
}
