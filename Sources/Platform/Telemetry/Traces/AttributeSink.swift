/// Takes attributes one after the other: an ``AttributeList`` keeps them, a ``SpanWriter`` writes them down at once.
protocol AttributeSink {
    /// Takes what many spans have in common.
    mutating func add(_ shared: SharedAttributes)
    /// Takes text: what stands in front, which holds no secret, and bytes that are to be UTF-8.
    mutating func add(_ key: AttributeKey, _ opening: String, _ text: Span<UInt8>)
    /// Takes a whole number.
    mutating func add(_ key: AttributeKey, _ number: Int)
}

extension AttributeSink {
    /// Takes text.
    mutating func add(_ key: AttributeKey, _ text: String) { add(key, "", text.utf8.span) }
}

/// Attributes as they came.
struct AttributeList: AttributeSink {
    private(set) var list: [Attribute] = []

    mutating func add(_ shared: SharedAttributes) { list += shared.list }

    mutating func add(_ key: AttributeKey, _ opening: String, _ text: Span<UInt8>) {
        list.append(Attribute(key, .string(opening + text.text)))
    }

    mutating func add(_ key: AttributeKey, _ number: Int) { list.append(Attribute(key, .int(number))) }
}

extension Span<UInt8> {
    /// Whether the bytes are UTF-8.
    var isUTF8: Bool {
        do {
            _ = try UTF8Span(validating: self)
            return true
        } catch {
            return false
        }
    }

    /// The bytes as text; what is no UTF-8 is replaced.
    var text: String {
        // As long as the span is.
        unsafe withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
