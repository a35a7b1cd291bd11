public import Reactor

extension TraceSpan {
    /// Decides whether the trace is kept after all; call it on the server's span when its status is set and before the
    /// response's head goes out.
    ///
    /// - Returns: true when the response is to carry ``KeepMark``; false also for a trace that is sampled anyway.
    public func settle(at time: MonotonicInstant = .now) -> Bool {
        guard let recording else { return false }
        return recording.tracer.settle(recording, at: time)
    }

    /// Keeps the trace: a response of another service carried ``KeepMark``. Calls that follow go out as sampled.
    public func keep() {
        guard let recording else { return }
        recording.tracer.keep(recording)
    }
}
