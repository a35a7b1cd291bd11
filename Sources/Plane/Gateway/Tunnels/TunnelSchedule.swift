import Reactor

/// Tells what a tunnel is to do when. Time comes in as a parameter.
struct TunnelSchedule: Sendable {
    /// What is due.
    enum Step: Sendable, Equatable {
        /// Nothing has moved for too long.
        case endIdle
        /// The client's direction is to be shut, where the wish says.
        case shut(FrameGate.Wish)
        /// The client has not answered the Close in time: the server is to be told.
        case shutUpstream
        /// The server has not gone in time, either.
        case cut
    }

    private enum Phase {
        case open
        case planned(DrainPlan)
        case asked(DrainPlan)
        case urged
        case closing(until: MonotonicInstant)
        case leaving(until: MonotonicInstant)
    }

    private let settings: TunnelSettings
    private var idleFrom: MonotonicInstant
    private var phase = Phase.open

    init(_ settings: TunnelSettings, at now: MonotonicInstant) {
        self.settings = settings
        idleFrom = now
    }

    /// When a step may be due next.
    var next: MonotonicInstant {
        let idle = idleFrom + settings.idleTimeout
        return switch phase {
        case .open, .urged: idle
        case .planned(let plan): min(idle, plan.begin)
        case .asked(let plan): min(idle, plan.urge)
        case .closing(let end), .leaving(let end): end
        }
    }

    /// Bytes have moved.
    mutating func moved(at now: MonotonicInstant) { idleFrom = now }

    /// A drain has begun; a second one changes nothing.
    mutating func drain(_ plan: DrainPlan) { if case .open = phase { phase = .planned(plan) } }

    /// Our Close is on its way to the client.
    mutating func shut(at now: MonotonicInstant) { phase = .closing(until: now + settings.closeTimeout) }

    /// Takes what is due; nil when nothing is.
    mutating func step(at now: MonotonicInstant) -> Step? {
        switch phase {
        case .planned(let plan) where now >= plan.begin:
            phase = .asked(plan)
            return .shut(.betweenMessages)
        case .asked(let plan) where now >= plan.urge:
            phase = .urged
            return .shut(.betweenFrames)
        case .closing(let end) where now >= end:
            phase = .leaving(until: now + settings.closeTimeout)
            return .shutUpstream
        case .leaving(let end): return now >= end ? .cut : nil
        case .closing: return nil
        case .open, .planned, .asked, .urged:
            return now >= idleFrom + settings.idleTimeout ? .endIdle : nil
        }
    }
}
