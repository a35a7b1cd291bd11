/// When an instance is ejected and for how long. The values are those of defaults.md.
public struct OutlierEjectionSettings: Sendable, Equatable {
    /// So many failures one after another eject; a refused or reset connection ejects at once.
    public var runningFailures = 5
    /// How long the first ejection lasts; the n-th lasts n times as long. The count starts anew when an instance has
    /// served for as long as it was last ejected.
    public var time = Duration.seconds(10)
    /// The longest ejection (Envoy's `max_ejection_time`).
    public var longestTime = Duration.seconds(300)

    /// Makes the defaults: 5 failures, 10 s · n, at most 300 s.
    public init() {}

    func time(ofEjection number: Int) -> Duration { min(time * number, longestTime) }
}
