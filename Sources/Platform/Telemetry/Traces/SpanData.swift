public import Reactor

/// All that was recorded of a span.
public struct SpanData: Sendable {
    /// The span's ids.
    public let context: SpanContext
    /// The span it is a part of; nil for the first one of its trace.
    public let parent: SpanID?
    /// Whether ``parent`` is in another process.
    public let isParentRemote: Bool
    /// What its work is to others.
    public let kind: SpanKind
    /// When it began.
    public let start: MonotonicInstant
    /// When it ended; nil while it goes on.
    public let end: MonotonicInstant?
    /// Name, attributes and the like.
    public let content: SpanContent

    /// The name.
    public var name: String { content.name }
    /// The attributes.
    public var attributes: Attributes { Attributes(content.attributes) }
    /// The events.
    public var events: [SpanEvent] { content.events }
    /// The links.
    public var links: [SpanLink] { content.links }
    /// How it ended.
    public var status: SpanStatus { content.status }
    /// From beginning to end; zero while it goes on.
    public var duration: Duration { end.map { $0 - start } ?? .zero }
}
