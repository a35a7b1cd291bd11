/// Names and values in order, written as a dictionary: `[.httpRoute: "/notes/{id}", "cache.hit": true]`.
public struct Attributes: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// All, in order.
    public private(set) var list: [Attribute]

    /// Makes an empty list.
    public init() { list = [] }

    /// Takes attributes as they are.
    public init(_ list: [Attribute]) { self.list = list }

    /// Takes names and values written in the source.
    public init(dictionaryLiteral elements: (AttributeKey, AttributeValue)...) {
        list = elements.map { Attribute($0.0, $0.1) }
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
