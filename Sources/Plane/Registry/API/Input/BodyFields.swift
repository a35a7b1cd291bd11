import JSON

/// The members of a JSON object as Go reads them: keys without regard to case, `null` as if it were not there.
struct BodyFields {
    private struct Member {
        let key: String
        let value: JSONValue
        var isTaken = false
    }

    private var members: [Member]

    init(_ object: JSONObject) { members = object.members.map { Member(key: $0.key, value: $0.value) } }

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

    /// The value of a name; nil where it is not there, and for `null`.
    mutating func take(_ name: String) -> JSONValue? {
        var found: JSONValue?
        for place in members.indices where Self.isSame(members[place].key, name) {
            members[place].isTaken = true
            if found == nil, !members[place].value.isNull { found = members[place].value }
        }
        return found
    }

    /// The value of the first name that is there.
    mutating func take(_ name: String, _ alias: String?) -> JSONValue? {
        let first = take(name)
        let second = alias.flatMap { take($0) }
        return first ?? second
    }

    /// Takes keys that are accepted and mean nothing here.
    mutating func ignore(_ names: String...) {
        for place in members.indices where !members[place].isTaken {
            members[place].isTaken = names.contains { Self.isSame(members[place].key, $0) }
        }
    }

    /// - Throws: 400 for the first key that nobody asked for.
    func refuseOthers() throws(Refusal) {
        for member in members where !member.isTaken {
            throw Self.failure("json: unknown field \"\(member.key)\"")
        }
    }

    /// Whether two keys are the same without regard to the case of ASCII letters.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        return zip(left.utf8, right.utf8).allSatisfy { $0 == $1 || lowercase($0) == lowercase($1) }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }

    // MARK: Types

    mutating func text(_ name: String, _ alias: String? = nil) throws(Refusal) -> String? {
        guard let value = take(name, alias) else { return nil }
        guard case .string(let text) = value else { throw Self.mismatch(value, name, "string") }
        return text
    }

    mutating func flag(_ name: String, _ alias: String? = nil) throws(Refusal) -> Bool? {
        guard let value = take(name, alias) else { return nil }
        guard case .bool(let flag) = value else { throw Self.mismatch(value, name, "bool") }
        return flag
    }

    mutating func int(_ name: String, _ alias: String? = nil) throws(Refusal) -> Int? {
        guard let value = take(name, alias) else { return nil }
        guard let number = value.number?.int64, let int = Int(exactly: number) else {
            throw Self.mismatch(value, name, "int")
        }
        return int
    }

    /// Nanoseconds: a number, or a text in Go's notation; an empty text is 0.
    mutating func duration(_ name: String, _ alias: String? = nil) throws(Refusal) -> Int64? {
        guard let value = take(name, alias) else { return nil }
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

    mutating func texts(_ name: String, _ alias: String? = nil) throws(Refusal) -> [String]? {
        guard let value = take(name, alias) else { return nil }
        guard case .array(let elements) = value else { throw Self.mismatch(value, name, "[]string") }
        var texts: [String] = []
        for element in elements {
            guard let text = element.string else { throw Self.mismatch(element, name, "string") }
            texts.append(text)
        }
        return texts
    }

    mutating func map(_ name: String, _ alias: String? = nil) throws(Refusal) -> StringMap? {
        guard let value = take(name, alias) else { return nil }
        guard case .object(let object) = value else { throw Self.mismatch(value, name, "map[string]string") }
        var pairs: [(String, String)] = []
        for member in object.members {
            guard let text = member.value.string else { throw Self.mismatch(member.value, name, "string") }
            pairs.append((member.key, text))
        }
        return StringMap(pairs)
    }

    mutating func object(_ name: String, _ alias: String? = nil) throws(Refusal) -> BodyFields? {
        guard let value = take(name, alias) else { return nil }
        guard case .object(let object) = value else { throw Self.mismatch(value, name, "struct") }
        return BodyFields(object)
    }

    mutating func objects(_ name: String, _ alias: String? = nil) throws(Refusal) -> [BodyFields]? {
        guard let value = take(name, alias) else { return nil }
        guard case .array(let elements) = value else { throw Self.mismatch(value, name, "slice") }
        var objects: [BodyFields] = []
        for element in elements where !element.isNull {
            guard case .object(let object) = element else { throw Self.mismatch(element, name, "struct") }
            objects.append(BodyFields(object))
        }
        return objects
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
