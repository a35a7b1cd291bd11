/// What can change of a span while it is recorded, within its limits.
public struct SpanContent: Sendable {
    /// The name: of a route or a kind of statement, never a raw path.
    public internal(set) var name: String
    /// The attributes, in the order they were first set.
    public private(set) var attributes: [Attribute]
    /// The events.
    public private(set) var events: [SpanEvent] = []
    /// The links.
    public private(set) var links: [SpanLink] = []
    /// How it ended.
    public private(set) var status = SpanStatus.unset
    /// How many attributes were over the limit.
    public private(set) var droppedAttributes: Int
    /// How many events were over the limit.
    public private(set) var droppedEvents = 0
    /// How many links were over the limit.
    public private(set) var droppedLinks = 0

    init(name: String) {
        self.name = name
        (attributes, droppedAttributes) = ([], 0)
    }

    init(name: String, _ attributes: Attributes, _ limits: SpanLimits) {
        self.name = name
        (self.attributes, droppedAttributes) = limits.bounded(attributes)
    }

    /// Adds attributes that belong to its beginning, in front of all others, and are made only now; those that were set win.
    mutating func prepend(_ first: [Attribute], _ limits: SpanLimits) {
        guard !first.isEmpty else { return }
        let (kept, dropped) = limits.bounded(Attributes(first + attributes))
        attributes = kept
        droppedAttributes += dropped
    }

    mutating func set(_ key: AttributeKey, _ value: AttributeValue, _ limits: SpanLimits) {
        let attribute = Attribute(key, value.truncated(to: limits.textByteCount))
        if let index = attributes.firstIndex(where: { $0.key == key }) {
            attributes[index] = attribute
        } else if attributes.count < limits.attributes {
            attributes.append(attribute)
        } else {
            droppedAttributes += 1
        }
    }

    mutating func add(_ event: SpanEvent, _ limits: SpanLimits) {
        guard events.count < limits.events else {
            droppedEvents += 1
            return
        }
        events.append(event)
    }

    mutating func add(_ link: SpanLink, _ limits: SpanLimits) {
        guard links.count < limits.links else {
            droppedLinks += 1
            return
        }
        links.append(link)
    }

    mutating func set(_ new: SpanStatus) { status = status.followed(by: new) }
}
