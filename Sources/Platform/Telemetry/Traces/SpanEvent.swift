public import Reactor

/// Something that happened at one moment of a span.
public struct SpanEvent: Sendable, Hashable {
    /// What.
    public let name: String
    /// When.
    public let time: MonotonicInstant
    /// More about it, at most 128.
    public let attributes: [Attribute]
    /// How many attributes were over the limit.
    public let droppedAttributes: Int
}
