import Reactor
import Resilience

/// Who uses the instances that a watch finds: a balancer, or what renders a configuration of them.
public protocol InstanceConsumer: Sendable {
    /// Takes the instances that there are now. What is not among them must not be sent to any more when this returns: it is
    /// what an instance that leaves waits for.
    func take(_ instances: [DiscoveredInstance]) async
    /// Whether it needs no more of them: it is forgotten then.
    var isGone: Bool { get }
}

extension InstanceConsumer {
    /// False, for who needs them as long as the process runs.
    public var isGone: Bool { false }
}

/// Keeps a balancer up to date, as long as somebody else holds it.
struct BalancerConsumer: InstanceConsumer {
    weak let instances: BalancedInstances?
    let selection: InstanceSelection
    let loop: EventLoop

    /// How long a call that has chosen an instance may take to have been sent: the time to connect.
    private static let patience = Duration.milliseconds(500)

    var isGone: Bool { instances == nil }

    func take(_ found: [DiscoveredInstance]) async {
        guard let instances else { return }
        instances.update(selection.members(of: found))
        // A call that chose an instance just before may not have reached it yet.
        let end = MonotonicInstant.now + Self.patience
        while instances.departingCalls > 0, .now < end {
            guard (try? await loop.sleep(for: .milliseconds(10))) != nil else { return }
        }
    }
}
