/// Another span that caused this one without being its parent: a message of a batch.
public struct SpanLink: Sendable, Hashable {
    /// The other span.
    public let context: SpanContext
    /// More about the relation, at most 128.
    public let attributes: [Attribute]
    /// How many attributes were over the limit.
    public let droppedAttributes: Int
}
