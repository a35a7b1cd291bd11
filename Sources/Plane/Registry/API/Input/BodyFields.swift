import JSON

/// The members of a JSON object as Go reads them: keys without regard to case, `null` as if it were not there.
struct BodyFields {
    private let members: [(key: String, value: JSONValue)]
    private var taken: Set<String> = []

    init(_ object: JSONObject) {
        members = object.members.map { ($0.key.lowercased(), $0.value) }
        self.original = object.members.map(\.key)
    }

    private let original: [String]

    /// Reads a content that has to be one JSON object.
    ///
    /// - Throws: 400 `Request decode failed: …`.
    init(decoding bytes: [UInt8]) throws(Refusal) {
        guard case .object(let object) = try Self.json(bytes) else {
            throw Self.failure("json: cannot unmarshal the content into Go value of type struct")
        }
        self.init(object)
    }

    static func json(_ bytes: [UInt8]) throws(Refusal) -> JSONValue {
        guard !bytes.isEmpty else { throw failure("EOF") }
        do throws(JSONError) {
            return try JSONText.decode(JSONValue.self, from: bytes)
        } catch {
            throw failure("\(error)")
        }
    }

    static func failure(_ text: String) -> Refusal { Refusal(.badRequest, "Request decode failed: \(text)") }

    /// The value of the first name that is there; nil for none, and for `null`.
    mutating func take(_ names: String...) -> JSONValue? {
        var found: JSONValue?
        for name in names {
            let lower = name.lowercased()
            taken.insert(lower)
            for member in members where member.key == lower && found == nil && !member.value.isNull {
                found = member.value
            }
        }
        return found
    }

    /// Takes keys that are accepted and mean nothing here.
    mutating func ignore(_ names: String...) { for name in names { taken.insert(name.lowercased()) } }

    /// - Throws: 400 for the first key that nobody asked for.
    func refuseOthers() throws(Refusal) {
        for (place, member) in members.enumerated() where !taken.contains(member.key) {
            throw Self.failure("json: unknown field \"\(original[place])\"")
        }
    }

    // MARK: Types

    mutating func text(_ name: String, _ aliases: String...) throws(Refusal) -> String? {
        guard let value = takeAny(name, aliases) else { return nil }
        guard case .string(let text) = value else { throw Self.mismatch(value, name, "string") }
        return text
    }

    mutating func flag(_ name: String, _ aliases: String...) throws(Refusal) -> Bool? {
        guard let value = takeAny(name, aliases) else { return nil }
        guard case .bool(let flag) = value else { throw Self.mismatch(value, name, "bool") }
        return flag
    }

    mutating func int(_ name: String, _ aliases: String...) throws(Refusal) -> Int? {
        guard let value = takeAny(name, aliases) else { return nil }
        guard let number = value.number?.int64, let int = Int(exactly: number) else {
            throw Self.mismatch(value, name, "int")
        }
        return int
    }

    /// Nanoseconds: a number, or a text in Go's notation; an empty text is 0.
    mutating func duration(_ name: String, _ aliases: String...) throws(Refusal) -> Int64? {
        guard let value = takeAny(name, aliases) else { return nil }
        switch value {
        case .number(let number):
            guard let whole = number.int64 ?? number.double.flatMap({ Int64(exactly: $0.rounded()) }) else {
                break
            }
            return whole
        case .string(let text):
            if text.isEmpty { return 0 }
            guard let parsed = GoDuration.parse(text) else {
                throw Self.failure("time: invalid duration \"\(text)\"")
            }
            return parsed
        default: break
        }
        throw Self.mismatch(value, name, "time.Duration")
    }

    mutating func texts(_ name: String, _ aliases: String...) throws(Refusal) -> [String]? {
        guard let value = takeAny(name, aliases) else { return nil }
        guard case .array(let elements) = value else { throw Self.mismatch(value, name, "[]string") }
        var texts: [String] = []
        for element in elements {
            guard let text = element.string else { throw Self.mismatch(element, name, "string") }
            texts.append(text)
        }
        return texts
    }

    mutating func map(_ name: String, _ aliases: String...) throws(Refusal) -> StringMap? {
        guard let value = takeAny(name, aliases) else { return nil }
        guard case .object(let object) = value else { throw Self.mismatch(value, name, "map[string]string") }
        var pairs: [(String, String)] = []
        for member in object.members {
            guard let text = member.value.string else { throw Self.mismatch(member.value, name, "string") }
            pairs.append((member.key, text))
        }
        return StringMap(pairs)
    }

    mutating func object(_ name: String, _ aliases: String...) throws(Refusal) -> BodyFields? {
        guard let value = takeAny(name, aliases) else { return nil }
        guard case .object(let object) = value else { throw Self.mismatch(value, name, "struct") }
        return BodyFields(object)
    }

    mutating func objects(_ name: String, _ aliases: String...) throws(Refusal) -> [BodyFields]? {
        guard let value = takeAny(name, aliases) else { return nil }
        guard case .array(let elements) = value else { throw Self.mismatch(value, name, "slice") }
        var objects: [BodyFields] = []
        for element in elements where !element.isNull {
            guard case .object(let object) = element else { throw Self.mismatch(element, name, "struct") }
            objects.append(BodyFields(object))
        }
        return objects
    }

    private mutating func takeAny(_ name: String, _ aliases: [String]) -> JSONValue? {
        var found = take(name)
        for alias in aliases {
            let value = take(alias)
            found = found ?? value
        }
        return found
    }

    static func mismatch(_ value: JSONValue, _ name: String, _ type: String) -> Refusal {
        let kind =
            switch value {
            case .null: "null"
            case .bool: "bool"
            case .number: "number"
            case .string: "string"
            case .array: "array"
            case .object: "object"
            }
        return failure("json: cannot unmarshal \(kind) into Go struct field \(name) of type \(type)")
    }
}
