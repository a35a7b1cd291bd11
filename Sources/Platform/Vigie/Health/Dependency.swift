import Reactor

/// Something that a service needs, and how to find out whether it is there.
struct Dependency: Sendable {
    /// What it is called in `/health` and in metrics: `database`.
    let name: String
    /// Its kind, as `componentType` (draft-inadarei-api-health-check-06 §4.2): `datastore`, `component`.
    let kind: String
    /// Whether the service can't serve without it.
    let isRequired: Bool
    /// Asks it; throws when it does not answer as it should.
    let probe: @Sendable () async throws -> Void
}

/// Whether a dependency is up, by its last answers: two failures in a row take it down, one success brings it up.
struct DependencyState: Sendable, Equatable {
    /// How many failures in a row take it down.
    static let failuresToGoDown = 2

    /// Whether it counts as up; not before its first answer.
    private(set) var isUp = false
    private(set) var failures = 0
    /// How long the last answer took; nil before the first.
    private(set) var latency: Duration?
    /// Whether the last probe failed.
    var hasFailed: Bool { failures > 0 }

    /// Takes the outcome of a probe.
    mutating func record(success: Bool, after latency: Duration) {
        self.latency = latency
        failures = success ? 0 : failures + 1
        if success { isUp = true } else if failures >= Self.failuresToGoDown { isUp = false }
    }
}
