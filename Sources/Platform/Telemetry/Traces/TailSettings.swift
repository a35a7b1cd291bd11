/// Bounds of what is kept after the fact, of traces that were not sampled from their beginning.
public struct TailSettings: Sendable, Hashable {
    /// Traces a second that this process may decide to keep, errors and slow ones together. Default 50.
    public var tracesPerSecond = 50
    /// Spans of one trace that wait for its decision; more are dropped and counted. Default 512.
    public var spansPerTrace = 512
    /// Spans of all traces that wait; more are dropped and counted. Default 16 384.
    public var spans = 16_384
    /// How long a trace waits for its first span's end; later it counts as slow. Default 10 s.
    public var lifetime = Duration.seconds(10)
    /// Routes whose p99 is followed; the others share one. Default 512, at about 500 bytes each.
    public var routes = 512
    /// Requests of a route before "slower than its p99" means something. Default 200.
    public var minimumSamples = 200

    /// Takes the defaults.
    public init() {}
}
