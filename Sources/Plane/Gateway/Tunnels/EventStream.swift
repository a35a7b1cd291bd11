import HTTP
import Reactor
import Synchronization

/// A content of server-sent events that can be ended between two of them.
final class EventStream: Drainable {
    let kind = TunnelKind.eventStream

    private struct State {
        var scanner = EventScanner()
        /// Whether a piece is waited for.
        var isWaiting = false
        /// What the client is told, from when on it is to end.
        var reconnectMilliseconds: Int64?
        /// Whether it is to end wherever it is.
        var isUrged = false
        var isOver = false
    }
    private let state = Mutex(State())
    private let content: HTTPBody
    private let loop: EventLoop

    init(_ content: HTTPBody, on loop: EventLoop) {
        self.content = content
        self.loop = loop
    }

    // MARK: Reading

    /// Reads the next piece by `read`; nil at the end.
    func next(_ read: () async throws -> [UInt8]?) async throws -> [UInt8]? {
        switch state.withLock({ Self.begin(&$0) }) {
        case .over: return nil
        case .last(let bytes): return bytes
        case .read: break
        }
        do {
            let piece = try await read()
            return state.withLock { Self.take(piece, &$0) }
        } catch {
            let last = state.withLock { state in
                state.isWaiting = false
                return Self.end(&state)
            }
            guard let last else { throw error }
            return last
        }
    }

    private enum Step {
        case read
        case last([UInt8])
        case over
    }

    private static func begin(_ state: inout State) -> Step {
        if state.isOver { return .over }
        if state.scanner.isAtBoundary || state.isUrged, let last = end(&state) { return .last(last) }
        state.isWaiting = true
        return .read
    }

    private static func take(_ piece: [UInt8]?, _ state: inout State) -> [UInt8]? {
        state.isWaiting = false
        guard let piece else {
            state.isOver = true
            return nil
        }
        var position = 0
        while position < piece.count {
            let endsEvent = state.scanner.next(piece.span, from: &position)
            guard endsEvent, let last = end(&state) else { continue }
            // The LF of a CR LF.
            if position < piece.count, piece[position - 1] == 13, piece[position] == 10 { position += 1 }
            return piece[..<position] + last
        }
        return piece
    }

    /// Ends it, if it is to end: by the time to wait before coming back. That is a field of its own, which holds from its
    /// line on (§9.2.6); an event that is cut is none without its empty line.
    private static func end(_ state: inout State) -> [UInt8]? {
        guard let delay = state.reconnectMilliseconds else { return nil }
        state.isOver = true
        let field = "retry: \(delay)\n"
        if state.scanner.isAtBoundary { return Array("\(field)\n".utf8) }
        return Array((state.scanner.isInLine ? "\n\(field)" : field).utf8)
    }

    // MARK: Draining

    func drain(_ plan: DrainPlan) {
        loop.execute { [self] in
            at(plan.begin) { $0.finish(plan) }
            at(plan.urge) { $0.urge() }
        }
    }

    func cut() { urge() }

    /// On the loop; a timer does not keep it.
    private func at(_ time: MonotonicInstant, _ body: @escaping @Sendable (EventStream) -> Void) {
        _ = loop.local.schedule(at: time) { [weak self] in if let self { body(self) } }
    }

    private func finish(_ plan: DrainPlan) {
        let isAtBoundary = state.withLock { state in
            if state.reconnectMilliseconds == nil { state.reconnectMilliseconds = plan.reconnectMilliseconds }
            return state.isWaiting && state.scanner.isAtBoundary
        }
        if isAtBoundary { content.interrupt() }
    }

    private func urge() {
        let isWaiting = state.withLock { state in
            state.isUrged = true
            return state.isWaiting
        }
        if isWaiting { content.interrupt() }
    }
}
