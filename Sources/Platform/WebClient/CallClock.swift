import HTTP
import Reactor

/// A call's deadlines: the one of the stage that it is in, and the one of the whole. Time is passed in.
struct CallClock {
    private let connectTime: Int64
    private let attemptTime: Int64
    private let idleTime: Int64
    private let end: MonotonicInstant
    private var stage = HTTPClientError.Stage.connection
    private var stageEnd = MonotonicInstant.distantFuture
    private var began: MonotonicInstant
    /// Whether a connection is being made and TCP's part of it is not known to be over.
    private(set) var isConnecting = false

    init(_ timeouts: HTTPTimeouts, at now: MonotonicInstant) {
        connectTime = timeouts.connect.nanoseconds
        attemptTime = timeouts.attempt.nanoseconds
        idleTime = timeouts.idle.nanoseconds
        end = timeouts.total.map { now + $0 } ?? .distantFuture
        began = now
    }

    /// When there is something to look at.
    var next: MonotonicInstant { min(stageEnd, end) }

    /// The first socket is opened: the name is resolved, and the call's turn has come.
    mutating func connects(at now: MonotonicInstant) {
        guard !isConnecting, stage == .connection else { return }
        isConnecting = true
        began = now
        stageEnd = now + connectTime
    }

    /// TCP's part is over; TLS counts towards the attempt.
    mutating func isConnected() {
        isConnecting = false
        stage = .head
        stageEnd = began + attemptTime
    }

    /// The request goes out whole, or has gone.
    mutating func awaitsHead(at now: MonotonicInstant) { enter(.head, now + attemptTime) }

    /// Content is there to be sent or read, and has to move.
    mutating func awaitsContent(at now: MonotonicInstant) { enter(.content, now + idleTime) }

    /// It is for our own side to go on: only the whole's end counts.
    mutating func rests() { enter(.content, .distantFuture) }

    private mutating func enter(_ stage: HTTPClientError.Stage, _ end: MonotonicInstant) {
        isConnecting = false
        self.stage = stage
        stageEnd = end
    }

    /// What was waited for in vain; nil while there is time.
    func expired(at now: MonotonicInstant) -> HTTPClientError.Stage? { now < next ? nil : stage }
}
