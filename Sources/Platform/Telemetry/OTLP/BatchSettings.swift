/// How spans are gathered before they are sent.
public struct BatchSettings: Sendable, Hashable {
    /// Spans sent at once; so many waiting ones are sent without delay. Default 512.
    public var batch = 512
    /// How long fewer wait. Default 1 s.
    public var delay = Duration.seconds(1)
    /// Spans that may wait; more are dropped and counted. Default 2 048.
    public var queue = 2048

    /// Takes the defaults.
    public init() {}
}
