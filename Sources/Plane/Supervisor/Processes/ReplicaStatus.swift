/// Where a process stands.
package enum ReplicaStatus: Sendable, Equatable {
    /// Others must be ready first.
    case waiting(for: [String])
    /// It runs and can't be used yet.
    case starting
    /// It can be used.
    case ready
    /// It runs, was ready, and doesn't answer as it should.
    case unready(String)
    /// It ended by itself and is started again in so many seconds.
    case backOff(reason: String, seconds: Double)
    /// It ended again and again; it is still started again, seldom.
    case crashLoop(reason: String)
    /// It was asked to end.
    case stopping
    /// It does not run, as was asked for.
    case stopped

    /// The one word for it.
    package var word: String {
        switch self {
        case .waiting: "waiting"
        case .starting: "starting"
        case .ready: "ready"
        case .unready: "unready"
        case .backOff: "restarting"
        case .crashLoop: "crash loop"
        case .stopping: "stopping"
        case .stopped: "stopped"
        }
    }

    /// Why, or for what; empty when there is nothing to say.
    package var detail: String {
        switch self {
        case .waiting(let names): "for " + names.joined(separator: ", ")
        case .unready(let reason), .crashLoop(let reason): reason
        case .backOff(let reason, let seconds): "\(reason); again in \(Self.text(seconds)) s"
        case .starting, .ready, .stopping, .stopped: ""
        }
    }

    private static func text(_ seconds: Double) -> String { "\((seconds * 10).rounded() / 10)" }
}
