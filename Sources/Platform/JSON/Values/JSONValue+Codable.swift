extension JSONValue {
    /// The value at a place of a document.
    init(_ place: JSONPlace) {
        let (document, node) = (place.document, place.node)
        switch place.kind {
        case .null: self = .null
        case .bool: self = .bool(document.bytes[Int(document.nodes[node].offset)] == UInt8(ascii: "t"))
        case .number: self = .number(JSONNumber(validated: document.text(node)))
        case .string: self = .string(document.text(node))
        case .array: self = .array(document.elements(of: node).map { JSONValue(place.child($0)) })
        case .object:
            self = .object(
                JSONObject(
                    unique: document.elements(of: node).map {
                        JSONObject.Member(key: document.text($0), value: JSONValue(place.child($0 + 1)))
                    }
                )
            )
        }
    }
}

extension JSONValue: Codable {
    /// Decodes any value. Other decoders than this module's tell a number's size, not how it was written, and need not
    /// keep the order of members (Foundation's does not).
    ///
    /// - Throws: the decoder's error when it holds none of JSON's kinds of values.
    public init(from decoder: any Decoder) throws {
        if let decoder = decoder as? JSONTreeDecoder {
            self = JSONValue(decoder.place)
        } else {
            self = try JSONValue(other: decoder)
        }
    }

    private init(other decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: JSONIndexKey.self) {
            var object = JSONObject()
            for key in container.allKeys {
                object[key.stringValue] = try container.decode(JSONValue.self, forKey: key)
            }
            self = .object(object)
        } else if var container = try? decoder.unkeyedContainer() {
            var elements: [JSONValue] = []
            while !container.isAtEnd { elements.append(try container.decode(JSONValue.self)) }
            self = .array(elements)
        } else {
            self = try JSONValue(scalarIn: decoder.singleValueContainer())
        }
    }

    private init(scalarIn container: any SingleValueDecodingContainer) throws {
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .number(JSONNumber(value))
        } else if let value = try? container.decode(UInt64.self) {
            self = .number(JSONNumber(value))
        } else if let value = try? container.decode(Double.self), let number = JSONNumber(value) {
            self = .number(number)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    /// Encodes the value. Other encoders than this module's are given a number as integer where it is one, else as
    /// the nearest `Double`.
    ///
    /// - Throws: the encoder's error; `EncodingError` for a number that no `Double` comes near.
    public func encode(to encoder: any Encoder) throws {
        if let encoder = encoder as? JSONTreeEncoder { return try encoder.encode(self) }
        switch self {
        case .object(let object):
            var container = encoder.container(keyedBy: JSONIndexKey.self)
            for member in object.members {
                try container.encode(member.value, forKey: JSONIndexKey(stringValue: member.key))
            }
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        case .null, .bool, .number, .string: try encodeScalar(to: encoder.singleValueContainer())
        }
    }

    private func encodeScalar(to container: any SingleValueEncodingContainer) throws {
        var container = container
        switch self {
        case .bool(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .number(let number):
            if let value = number.int64 { return try container.encode(value) }
            if let value = number.uint64 { return try container.encode(value) }
            guard let value = number.double else {
                let context = EncodingError.Context(
                    codingPath: container.codingPath,
                    debugDescription: "beyond Double"
                )
                throw EncodingError.invalidValue(self, context)
            }
            try container.encode(value)
        case .null, .array, .object: try container.encodeNil()
        }
    }
}
