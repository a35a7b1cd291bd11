import JSON

/// Finds out what a type's JSON looks like, and keeps the named ones for a document's `components`.
///
/// `Decodable` has no list of a type's fields, but its `init(from:)` asks for each of them: the book hands it a decoder
/// that notes what is asked for and answers with samples. What this can't see: a field that is asked for only when
/// another has a certain value; what is behind a sample that the type refuses (a raw value of an enum that is no
/// `CaseIterable`): the fields noted so far stand then, none of them as required. Such a type says its schema itself,
/// see ``SchemaProviding``.
final class SchemaBook {
    /// The schemas by name, in the order in which they were met.
    private(set) var components: [(name: String, schema: JSONSchema)] = []
    private var names: [ObjectIdentifier: String] = [:]
    /// A value of each type that gave one, so that each type is asked once or twice, not once for each way to it.
    private var samples: [ObjectIdentifier: Any] = [:]
    private var open: Set<ObjectIdentifier> = []

    /// The type gave no sample: it refuses what it was offered, or contains itself.
    struct NoSample: Error {}

    /// The type's schema; one with fields is named and referred to.
    func schema(of type: any Any.Type) -> JSONSchema {
        guard let type = type as? any Decodable.Type else {
            return (type as? any SchemaProviding.Type)?.schema ?? .anything
        }
        if let known = Self.builtIn(type, self) { return known }
        if let name = names[ObjectIdentifier(type)] { return Self.reference(name) }
        let name = freeName(for: type)
        names[ObjectIdentifier(type)] = name
        let place = components.count
        components.append((name, .anything))
        let schema = plainSchema(of: type)
        guard
            schema.object["properties"] != nil || schema.object["enum"] != nil
                || type is any SchemaProviding.Type
        else {
            components.remove(at: place)
            names[ObjectIdentifier(type)] = nil
            return schema
        }
        components[place].schema = schema
        return Self.reference(name)
    }

    /// The type's own schema, not a reference to it.
    func plainSchema(of type: any Decodable.Type) -> JSONSchema {
        if let known = Self.builtIn(type, self) { return known }
        let probe = SchemaProbe(book: self)
        samples[ObjectIdentifier(type)] = probe.walk(type)
        if let stated = (type as? any SchemaProviding.Type)?.schema { return stated }
        return Self.cases(of: type) ?? probe.schema
    }

    /// Any value of the type.
    func sample<Value: Decodable>(of type: Value.Type) throws -> Value {
        if let known = (type as? any Sampled.Type)?.anySample as? Value { return known }
        if let cases = type as? any CaseIterable.Type, let first = Self.first(cases) as? Value {
            return first
        }
        if samples[ObjectIdentifier(type)] == nil {
            samples[ObjectIdentifier(type)] = SchemaProbe(book: self).walk(type)
        }
        guard let value = samples[ObjectIdentifier(type)] as? Value else { throw NoSample() }
        return value
    }

    /// Runs `body` for a type; not while the type is being looked at further up.
    func visiting<Value>(_ type: any Any.Type, _ body: () -> Value?) -> Value? {
        guard open.insert(ObjectIdentifier(type)).inserted else { return nil }
        defer { open.remove(ObjectIdentifier(type)) }
        return body()
    }

    private static func builtIn(_ type: any Any.Type, _ book: SchemaBook) -> JSONSchema? {
        (type as? any Sampled.Type)?.schema(in: book)
    }

    /// The texts of an enum with raw values.
    private static func cases(of type: any Any.Type) -> JSONSchema? {
        guard let type = type as? any CaseIterable.Type else { return nil }
        let texts = rawValues(type)
        return texts.isEmpty ? nil : .enumeration(texts)
    }

    private static func rawValues<Value: CaseIterable>(_ type: Value.Type) -> [String] {
        type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    }

    private static func first<Value: CaseIterable>(_ type: Value.Type) -> Any? { type.allCases.first }

    private static func reference(_ name: String) -> JSONSchema {
        JSONSchema(["$ref": .string("#/components/schemas/\(name)")])
    }

    /// The type's name in a form that `components` takes (OpenAPI 3.1 §4.8.7), with a number when it is taken.
    private func freeName(for type: any Any.Type) -> String {
        let plain = String(describing: type).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        let candidates = [String(plain)] + (2...(names.count + 3)).map { String(plain) + "\($0)" }
        let taken = Set(names.values).union(["Problem"])
        // There are more candidates than names that are taken.
        return candidates.first { !taken.contains($0) } ?? ""
    }
}
