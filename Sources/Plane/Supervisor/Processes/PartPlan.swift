package import Reactor
package import Supervision

/// What the supervisor starts of one kind: a service, the registry, PostgreSQL, nginx, …
package struct PartPlan: Sendable {
    /// What a process of it is started with.
    package struct Place: Sendable {
        /// Its number beside others of its part, from 1 on.
        package let number: Int
        /// Where it is to listen.
        package let port: Int
    }

    /// How it is found out that it can be used.
    package enum Probe: Sendable {
        /// `GET` of this path at its port answers 200 (or what the part says).
        case http(String)
        /// This returns without an error.
        case check(@Sendable (Place) async throws -> Void)
    }

    /// What it is called.
    package let name: String
    /// The parts that must be ready before it starts, and that end behind it.
    package var needs: [String] = []
    /// How many there are at the start.
    package var count = 1
    /// Whether their number may change, and whether a new one may start before an old one ends.
    package var isScalable = false
    /// The first one's port; others have free ones.
    package var port: ReservedPort
    /// The name that it has in the registry; nil where it isn't there.
    package var registered: String?
    /// How it is found out that it can be used.
    package var probe: Probe
    /// How it is stopped.
    package var ladder = StopLadder()
    /// The command of a process.
    package var command: @Sendable (Place) async throws -> ChildProcess.Command
    /// What is done each time before one starts.
    package var prepare: @Sendable (Place) async throws -> Void = { _ in }
    /// What is done each time one can be used, before others hear of it.
    package var finish: @Sendable (Place) async throws -> Void = { _ in }
}
