import HTTP

/// Reads a flat `Decodable` type from a query (WHATWG URL §5.1, `application/x-www-form-urlencoded`).
///
/// It goes on behind a mistake with a sample value, so that all mistakes are found; the samples never leave it.
final class QueryDecoder: Decoder {
    private var values: [String: [String]] = [:]
    private var asked: Set<String> = []
    private var problems: [ProblemField] = []

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// Reads a value from the query, which follows the first `?` of a request's target.
    ///
    /// - Throws: 422, naming each parameter that is wrong.
    static func decode<Value: Decodable>(_ type: Value.Type, from target: [UInt8]) throws(Problem) -> Value {
        let decoder = QueryDecoder()
        let query = target.drop { $0 != UInt8(ascii: "?") }.dropFirst()
        decoder.read(query)
        let value = try? Value(from: decoder)
        // Only a type that has asked for all its fields shows which are unknown.
        if value != nil { decoder.noteUnknown() }
        guard decoder.problems.isEmpty, let value else { throw .invalid(decoder.problems) }
        return value
    }

    private func noteUnknown() {
        let known = asked.sorted().joined(separator: ", ")
        for name in values.keys.sorted() where !asked.contains(name) {
            note(name, "is unknown here; known: \(known)")
        }
    }

    private func read(_ query: ArraySlice<UInt8>) {
        for pair in query.split(separator: UInt8(ascii: "&")) {
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            let value = pair.dropFirst(name.count + 1)
            guard let name = PercentText.decode(name, plusIsSpace: true),
                let value = PercentText.decode(value, plusIsSpace: true)
            else {
                note(String(decoding: name, as: UTF8.self), "is not percent-encoded UTF-8")
                continue
            }
            values[name, default: []].append(value)
        }
    }

    func note(_ name: String, _ detail: String) {
        problems.append(ProblemField(.parameter(name), detail: detail))
    }

    func has(_ name: String) -> Bool {
        asked.insert(name)
        return values[name] != nil
    }

    /// Reads a parameter, or notes what is wrong with it and gives a sample.
    func decode<Value: Decodable>(_ type: Value.Type, named name: String) throws -> Value {
        asked.insert(name)
        let texts = values[name] ?? []
        if let list = type as? any QueryList.Type {
            return try sampled(type, name) { try list.read(texts) as? Value }
        }
        guard let text = texts.first else { return try sampled(type, name, "is missing") { nil } }
        guard texts.count == 1 else { return try sampled(type, name, "stands more than once") { nil } }
        return try sampled(type, name) { try QueryText.decode(type, text) }
    }

    private func sampled<Value: Decodable>(
        _ type: Value.Type,
        _ name: String,
        _ detail: String? = nil,
        _ read: () throws -> Value?
    ) throws -> Value {
        if let value = try? read() { return value }
        note(name, detail ?? "must be \(SchemaBook().plainSchema(of: type).words)")
        return try SchemaBook().sample(of: type)
    }

    func container<Key>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(QueryFields(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw NotFlat() }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw NotFlat() }

    /// A query type must be a struct of scalars and arrays of them.
    struct NotFlat: Error {}
}

/// A repeated parameter.
private protocol QueryList {
    static func read(_ texts: [String]) throws -> Self
}

extension Array: QueryList where Element: Decodable {
    fileprivate static func read(_ texts: [String]) throws -> [Element] {
        try texts.map { try QueryText.decode(Element.self, $0) }
    }
}
