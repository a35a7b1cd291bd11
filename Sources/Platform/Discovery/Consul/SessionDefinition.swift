/// A session that is to be made.
public struct SessionDefinition: Sendable, Encodable {
    /// What becomes of the keys that a session holds when it ends.
    public enum Behavior: String, Sendable, Encodable {
        /// They stay, held by nobody.
        case release
        /// They go.
        case delete
    }

    let name: String
    let ttl: String
    let behavior: Behavior
    // Any shorter would mean the default of 15 s: below that a number counts as unset.
    let lockDelay = "1ms"

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case ttl = "TTL"
        case behavior = "Behavior"
        case lockDelay = "LockDelay"
    }

    /// Describes a session.
    ///
    /// - Parameters:
    ///   - name: for who looks at Consul's list.
    ///   - timeToLive: 10 s to 24 h; without a renewal it ends between once and twice that later.
    ///   - behavior: what becomes of its keys.
    public init(_ name: String, timeToLive: Duration, behavior: Behavior) {
        self.name = name
        ttl = ConsulDuration.text(timeToLive)
        self.behavior = behavior
    }
}
