public import Reactor
import Resilience
import Synchronization
import Telemetry

/// An instance's place in the registry: made, looked after, and given up before the instance goes.
///
/// To be registered when the instance is ready: its check begins as passing.
public final class Registration: Sendable {
    /// What is registered.
    public let instance: InstanceDescription
    let client: ConsulClient
    let telemetry: DiscoveryTelemetry?
    private let definition: ServiceDefinition

    private enum Phase {
        case new
        case registered
        case leaving
    }
    private let phase = Mutex(Phase.new)

    private static let verification = Duration.seconds(5)
    /// Every so many verifications the document of the routes is looked for, too.
    private static let publicationShare = 12
    private let verifications = Atomic(0)

    /// Describes a registration; nothing is sent.
    public init(_ instance: InstanceDescription, client: ConsulClient, telemetry: DiscoveryTelemetry? = nil) {
        self.instance = instance
        self.client = client
        self.telemetry = telemetry
        definition = instance.definition
    }

    /// Whether the registry has the instance, as far as is known.
    public var isRegistered: Bool { phase.withLock { $0 == .registered } }

    /// Registers, and verifies each 5 s that the registry still knows it, until the task is cancelled: an agent that lost
    /// its state, or did not answer at first, is told again.
    public func run(on loop: EventLoop) async {
        var query = BlockingQuery()
        var random = SystemRandomNumberGenerator()
        var isAway = false
        while !Task.isCancelled {
            var pause = Self.verification
            do throws(ConsulError) {
                guard try await verify() else { return }
                _ = query.answered(index: 1, at: .now, using: &random)
                isAway = false
            } catch {
                guard !error.isCancellation else { return }
                // Of many services not all at once, and never slower than the verification.
                pause = min(pause, query.failed(using: &random))
                report(error, isNew: !isAway)
                isAway = true
            }
            guard (try? await loop.sleep(for: pause)) != nil else { return }
        }
    }

    /// Registers where the registry doesn't know the instance as it is; false when it is leaving.
    func verify() async throws(ConsulError) -> Bool {
        let before = phase.withLock { $0 }
        guard before != .leaving else { return false }
        if before == .registered, let known = try await client.agentService(instance.id),
            definition.matches(known)
        {
            await verifyRoutes()
            return !isLeaving
        }
        guard !isLeaving else { return false }
        try await register(isFirst: before == .new)
        return !isLeaving
    }

    private func register(isFirst: Bool) async throws(ConsulError) {
        // The last one under this id may have left: this one is here, and what vanishes from now on did not say so.
        if isFirst { _ = try? await client.delete(DiscoveryKeys.left(instance.id)) }
        await publishRoutes()
        try await client.register(definition)
        let isLeaving = phase.withLock { phase in
            if phase == .leaving { return true }
            phase = .registered
            return false
        }
        // It overtook the deregistration.
        if isLeaving { _ = try await client.deregister(instance.id) }
        Context.current.logger.info(
            isFirst ? "registered" : "registered again: the registry had lost it",
            ["registration": .string(instance.id), "registry": "\(client.address)"]
        )
    }

    /// What the registry does not take is no reason not to be found: the gateway tells which routes it misses.
    private func publishRoutes() async {
        guard let routes = instance.routes else { return }
        do throws(ConsulError) {
            _ = try await client.put(
                DiscoveryKeys.routes(of: instance.service, hash: routes.hash),
                routes.bytes
            )
        } catch {
            Context.current.logger.warning(
                "the gateway's routes could not be published",
                ["registration": .string(instance.id), "error": "\(error)"]
            )
        }
    }

    /// Publishes the routes again where the registry has them no more.
    private func verifyRoutes() async {
        guard let routes = instance.routes,
            verifications.add(1, ordering: .relaxed).newValue.isMultiple(of: Self.publicationShare)
        else { return }
        let key = DiscoveryKeys.routes(of: instance.service, hash: routes.hash)
        // Where it can't be asked now, it is the next time.
        guard let found = try? await client.value(of: key), found.value == nil else { return }
        await publishRoutes()
    }

    private var isLeaving: Bool { phase.withLock { $0 == .leaving } }

    private func report(_ error: ConsulError, isNew: Bool) {
        let level = isNew ? LogLevel.warning : .debug
        Context.current.logger.log(
            level,
            "not registered, or not known whether: tried again",
            ["registration": .string(instance.id), "error": "\(error)"]
        )
    }

    /// From now on it is not registered again. Whether it ever may have been.
    func beginLeaving() -> Bool {
        phase.withLock { phase in
            defer { phase = .leaving }
            return phase == .registered
        }
    }
}
