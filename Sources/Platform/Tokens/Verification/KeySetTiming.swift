/// How often an issuer's keys are fetched, and how long they serve.
public struct KeySetTiming: Sendable, Equatable {
    /// From one fetch to the next; default 10 min.
    public var refresh: Duration = .seconds(600)
    /// The least time between two fetches because of a key that is not known; default 10 s.
    public var unknownKeyPause: Duration = .seconds(10)
    /// How long a key that the issuer did not know is refused without asking; default 30 s.
    public var negative: Duration = .seconds(30)
    /// How long keys serve while the issuer is away; default 24 h.
    public var lifetime: Duration = .seconds(86_400)
    /// The pause after a first failure; it doubles with each further one up to ``unknownKeyPause``. Default 1 s.
    public var retry: Duration = .seconds(1)
    /// How many unknown keys are remembered; default 1 000.
    public var rememberedMisses = 1_000

    /// The defaults.
    public init() {}
}
