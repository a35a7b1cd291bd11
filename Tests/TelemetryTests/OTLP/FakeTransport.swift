import Synchronization

@testable import Telemetry

/// Delivers as it is told, and remembers what it was given.
final class FakeTransport: SpanTransport {
    private struct State {
        var answers: [SpanDelivery]
        var batches: [[String]] = []
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

    func append(_ span: EndedSpan, _ clock: WallClock, to bytes: inout [UInt8]) {
        bytes += Array("\(span.data.name)\n".utf8)
    }

    func payload(of batch: SpanBatch) -> [UInt8] {
        let bytes = batch.pieces.flatMap { $0 }
        let names = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        state.withLock { $0.batches.append(names) }
        return bytes
    }

    func send(_ payload: [UInt8]) async -> SpanDelivery {
        if let gate { for await _ in gate { break } }
        return state.withLock { state in
            state.sent += 1
            return state.answers.isEmpty ? .accepted(rejected: 0) : state.answers.removeFirst()
        }
    }

    /// The names of the spans of each batch.
    var batches: [[String]] { state.withLock { $0.batches } }
    var sendCount: Int { state.withLock { $0.sent } }
}
