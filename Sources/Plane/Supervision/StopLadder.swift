public import Glibc

/// How a process is stopped: asked first, and ended by force when it takes too long.
public struct StopLadder: Sendable, Equatable {
    /// What asks it. Default SIGTERM.
    public var signal = SIGTERM
    /// How long it may take then, before SIGKILL ends its whole group. Default 45 s: a service may leave for 5 s, finish
    /// requests for 25 s, send its last spans for 3 s, and ends by itself 5 s behind that.
    public var patience = Duration.seconds(45)

    /// Takes the defaults, or another signal or patience.
    public init(signal: Int32 = SIGTERM, patience: Duration = .seconds(45)) {
        self.signal = signal
        self.patience = patience
    }
}
