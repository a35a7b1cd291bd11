/// What others know of a request.
struct RequestDetails: Sendable {
    /// Who it acts for.
    var subject: String?
    /// The instance that answered, at a gateway.
    var upstream: String?
    /// How many calls that took.
    var attempts: Int?
    /// What the gateway itself took, microseconds.
    var overhead: Int?
}
