import Reactor
import Synchronization

/// The spans of one trace in this process that have ended, waiting for the decision whether they are kept.
final class LocalTrace: Sendable {
    enum State: Sendable {
        case waiting([EndedSpan])
        case kept
        case dropped
    }
    /// What became of a span.
    enum Fate: Sendable, Equatable {
        case waits
        /// The trace is kept: hand the span on.
        case passes
        case drops
    }

    let began: MonotonicInstant
    private let state: Mutex<State> = Mutex(.waiting([]))

    init(began: MonotonicInstant) { self.began = began }

    /// Whether the decision was to keep it.
    var isKept: Bool { state.withLock { if case .kept = $0 { true } else { false } } }
    /// Whether there was no decision yet.
    var isWaiting: Bool { state.withLock { if case .waiting = $0 { true } else { false } } }

    /// Adds a span that has ended, unless `limit` wait already.
    func add(_ span: EndedSpan, limit: Int) -> Fate {
        state.withLock { state in
            switch state {
            case .kept: return .passes
            case .dropped: return .drops
            case .waiting(var spans):
                guard spans.count < limit else { return .drops }
                // Empty while it changes, so that the array has one owner and is not copied.
                state = .dropped
                spans.append(span)
                state = .waiting(spans)
                return .waits
            }
        }
    }

    /// Decides, once.
    ///
    /// - Returns: the spans that waited; nil when the decision was made before, but for a drop that is now a keep.
    func decide(keep: Bool) -> [EndedSpan]? {
        state.withLock { state in
            switch state {
            case .kept: return nil
            case .dropped:
                if keep { state = .kept }
                return keep ? [] : nil
            case .waiting(let spans):
                state = keep ? .kept : .dropped
                return spans
            }
        }
    }
}
