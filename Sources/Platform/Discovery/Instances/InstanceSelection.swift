import HTTP
public import Resilience

/// Which instances of a service are called, and how many of the calls each gets.
public struct InstanceSelection: Sendable, Hashable {
    /// Tags that an instance must have, all of them.
    public var tags: Set<String>
    /// The tag of instances that try something out.
    public var canaryTag = "canary"
    /// The part of the calls that those get together, 0 to 1; nil: as many as their weights say. By 1 they get all as long as
    /// one of them passes.
    public var canaryShare: Double?

    /// Chooses all, or those with all of `tags`.
    public init(tags: Set<String> = [], canaryShare: Double? = nil) {
        self.tags = tags
        self.canaryShare = canaryShare
    }

    /// What a balancer is told. Those in maintenance are never in it; those that don't pass are, for when fewer than half do.
    public func members(of instances: [DiscoveredInstance]) -> [BalancedInstances.Member] {
        var chosen = instances.filter { instance in
            instance.status != .maintenance && tags.isSubset(of: instance.tags)
                && !(canaryShare == 0 && instance.tags.contains(canaryTag))
        }
        if canaryShare == 1, chosen.contains(where: { $0.status == .passing && $0.tags.contains(canaryTag) })
        {
            chosen = chosen.filter { $0.tags.contains(canaryTag) }
        }
        let factor = canaryFactor(chosen)
        return chosen.map { instance in
            let isCanary = instance.tags.contains(canaryTag)
            return BalancedInstances.Member(
                ServiceInstance(
                    HTTPDestination(host: instance.host, port: instance.port),
                    scheme: ServiceInstance.Scheme(rawValue: instance.meta["scheme"] ?? "http") ?? .http,
                    id: instance.id
                ),
                isPassing: instance.status == .passing,
                weight: Double(instance.weight) * (isCanary ? factor : 1),
                zone: instance.zone
            )
        }
    }

    /// By what the canaries' weights are multiplied so that their share of those that pass is the one that is asked for.
    private func canaryFactor(_ instances: [DiscoveredInstance]) -> Double {
        guard let share = canaryShare, share > 0, share < 1 else { return 1 }
        let passing = instances.filter { $0.status == .passing }
        let canaries = passing.filter { $0.tags.contains(canaryTag) }.reduce(0.0) { $0 + Double($1.weight) }
        let all = passing.reduce(0.0) { $0 + Double($1.weight) }
        guard canaries > 0, all > canaries else { return 1 }
        return share / (1 - share) * (all - canaries) / canaries
    }
}
