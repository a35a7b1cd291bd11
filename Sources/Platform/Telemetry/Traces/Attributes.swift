/// Names and values in order, written as a dictionary: `[.httpRoute: "/notes/{id}", "cache.hit": true]`. A name stands once
/// (OpenTelemetry specification, "Attribute Collections").
public struct Attributes: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// All, in order.
    public private(set) var list: [Attribute]

    /// Makes an empty list.
    public init() { list = [] }

    /// Takes attributes; of those with one name, the last one's value in the place of the first.
    public init(_ list: [Attribute]) {
        self.list = list
        guard Self.hasDuplicates(list) else { return }
        self.list = []
        for attribute in list { replace(attribute.key, attribute.value) }
    }

    /// Takes names and values written in the source.
    public init(dictionaryLiteral elements: (AttributeKey, AttributeValue)...) {
        self.init(elements.map { Attribute($0.0, $0.1) })
    }

    private static func hasDuplicates(_ list: [Attribute]) -> Bool {
        list.indices.contains { index in list[..<index].contains { $0.key == list[index].key } }
    }

    /// The value under a name; nil without one. Setting nil takes it out.
    public subscript(key: AttributeKey) -> AttributeValue? {
        get { list.first { $0.key == key }?.value }
        set { replace(key, newValue) }
    }

    /// Whether there is none.
    public var isEmpty: Bool { list.isEmpty }
    /// How many there are.
    public var count: Int { list.count }

    private mutating func replace(_ key: AttributeKey, _ value: AttributeValue?) {
        let index = list.firstIndex { $0.key == key }
        switch (index, value) {
        case (let index?, let value?): list[index] = Attribute(key, value)
        case (let index?, nil): list.remove(at: index)
        case (nil, let value?): list.append(Attribute(key, value))
        case (nil, nil): break
        }
    }
}
