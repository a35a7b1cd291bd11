/// How the keys of an issuer are doing, for metrics and logs.
public struct KeySetFigures: Sendable {
    /// Time since the last fetch that succeeded (`jwks_age_seconds`); nil when none did.
    public let age: Duration?
    /// Fetches begun.
    public let fetches: UInt64
    /// Fetches that failed, or brought no key that can be used (`jwks_refresh_failures_total`).
    public let failures: UInt64
    /// What the last failure said, for the log only; nil since a success.
    public let lastFailure: String?
}
