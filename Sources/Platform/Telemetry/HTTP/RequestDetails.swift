/// What others know of a request. An object that is replaced, so that a request of which nobody knows more has one word
/// for it.
final class RequestDetails: Sendable {
    struct Values {
        /// Who it acts for.
        var subject: String?
        /// The instance that answered, at a gateway.
        var upstream: String?
        /// How many calls that took.
        var attempts: Int?
        /// What the gateway itself took, microseconds.
        var overhead: Int?
    }

    let values: Values

    init(_ values: Values) { self.values = values }
}
