import HTTP
import JSON

/// What a registry answered.
struct Answer: Sendable {
    let status: Int
    let fields: HTTPFields
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var index: UInt64 { fields["x-consul-index"].flatMap { UInt64($0) } ?? 0 }

    /// The content as JSON.
    var json: JSONValue { get throws { try JSONText.decode(JSONValue.self, from: bytes) } }
    /// The elements of an array.
    var list: [JSONValue] {
        get throws {
            guard case .array(let elements) = try json else { throw Unexpected(text: text) }
            return elements
        }
    }

    /// Whether it is 200 without content.
    var isEmptySuccess: Bool { status == 200 && bytes.isEmpty }
    /// Whether it has what every read has.
    var hasIndexFields: Bool {
        index >= 1 && fields["x-consul-knownleader"] == "true" && fields["x-consul-lastcontact"] == "0"
    }

    struct Unexpected: Error { let text: String }
}

extension JSONValue {
    /// The keys of an object, in order of the alphabet.
    var keys: [String] {
        guard case .object(let object) = self else { return [] }
        return object.members.map(\.key).sorted()
    }

    var integer: UInt64? { number?.uint64 }

    /// The elements of an array; none of other values.
    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// The texts of an array.
    var texts: [String] { elements.compactMap(\.string) }
}
