import HTTPWire

@testable import HTTP

extension Lie {
    /// Short where the test waits for them.
    var timeouts: HTTPTimeouts {
        guard case .timedOut(let stage) = outcome else { return .patient }
        return .with {
            if stage == .head { $0.attempt = .milliseconds(150) } else { $0.idle = .milliseconds(150) }
        }
    }

    /// Whether the error says what must come of it. A reset may overtake bytes that were sent before it.
    func isTold(by error: HTTPClientError) -> Bool {
        let told = Outcome(error)
        return told == outcome || ending == .reset && (told == .disconnected || told == .answerCut)
    }
}
