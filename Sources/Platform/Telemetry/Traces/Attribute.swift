/// A name and its value.
public struct Attribute: Sendable, Hashable {
    /// The name.
    public let key: AttributeKey
    /// The value.
    public let value: AttributeValue

    /// Puts both together.
    public init(_ key: AttributeKey, _ value: AttributeValue) {
        self.key = key
        self.value = value
    }
}
