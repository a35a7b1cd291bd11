/// What became of a batch.
public enum SpanDelivery: Sendable, Hashable {
    /// It arrived, but for so many spans that the receiver would not have.
    case accepted(rejected: Int)
    /// It may arrive later, not before so much time is over where the receiver says so.
    case retry(after: Duration?, reason: String)
    /// It never will.
    case failed(reason: String)
}
