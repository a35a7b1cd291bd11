import Synchronization

@testable import Telemetry

/// Delivers as it is told, and remembers what it was given.
final class FakeTransport: SpanTransport {
    private struct State {
        var answers: [SpanDelivery]
        var batches: [[SpanData]] = []
        var sent = 0
    }
    private let state: Mutex<State>
    /// Held up while this is there and not opened.
    private let gate: AsyncStream<Void>?

    /// Gives these answers, then accepts all.
    init(_ answers: [SpanDelivery] = [], gate: AsyncStream<Void>? = nil) {
        state = Mutex(State(answers: answers))
        self.gate = gate
    }

    func encode(_ spans: [EndedSpan]) -> [UInt8] {
        state.withLock { $0.batches.append(spans.map(\.data)) }
        return [UInt8(truncatingIfNeeded: spans.count)]
    }

    func send(_ payload: [UInt8]) async -> SpanDelivery {
        if let gate { for await _ in gate { break } }
        return state.withLock { state in
            state.sent += 1
            return state.answers.isEmpty ? .accepted(rejected: 0) : state.answers.removeFirst()
        }
    }

    var batches: [[SpanData]] { state.withLock { $0.batches } }
    var sendCount: Int { state.withLock { $0.sent } }
}
