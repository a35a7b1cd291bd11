/// Thrown by a value whose problems are in ``JSONDocument/collected`` already.
struct CollectedProblems: Error {}

extension JSONPlace {
    /// Decodes while problems are collected. Only what is marked, and the library's arrays, dictionaries and optionals,
    /// goes on behind a problem; any other type stops at its first one, which its container collects.
    func collect<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if let elements = type as? any JSONElements.Type, let value = try elements.collect(at: self) as? Value
        {
            return value
        }
        let before = document.collected.count
        let goesOn = type is any JSONFieldwise.Type || type is any JSONOptional.Type
        do {
            return try Value(from: JSONTreeDecoder(place: collecting(goesOn)))
        } catch {
            // What a type complains of after it was given a stand-in may be the stand-in.
            throw document.collected.count > before ? CollectedProblems() : translated(error, type)
        }
    }

    /// Decodes a value that nobody needs when it is bad; nil then.
    func collectElement<Value: Decodable>(_ type: Value.Type) -> Value? {
        do {
            return try decode(type)
        } catch {
            record(error)
            return nil
        }
    }

    /// Where problems are collected: collects this one and returns a stand-in. Elsewhere throws it again.
    func replacement<Value: Decodable>(_ type: Value.Type, for error: any Error) throws -> Value {
        guard isCollecting else { throw error }
        record(error)
        guard let standIn = standIn(type) else { throw CollectedProblems() }
        return standIn
    }

    /// Adds the problem; one that was collected before is not added again.
    func record(_ error: any Error) {
        guard let error = error as? JSONError else { return }
        document.collected.append(contentsOf: error.problems)
    }

    private func standIn<Value: Decodable>(_ type: Value.Type) -> Value? {
        if let type = type as? any JSONStandIn.Type { return type.standIn as? Value }
        if let type = type as? any CaseIterable.Type { return firstCase(type) as? Value }
        guard type is any JSONFieldwise.Type, let empty = document.emptied() else { return nil }
        return try? JSONPlace(empty, node: 0, depth: 0, isCollecting: true).collect(type)
    }

    private func firstCase<Cases: CaseIterable>(_ type: Cases.Type) -> Cases? { type.allCases.first }
}

/// The library's collections, whose elements are decoded each on its own while problems are collected.
private protocol JSONElements {
    static func collect(at place: JSONPlace) throws -> Self
}

extension Array: JSONElements where Element: Decodable {
    fileprivate static func collect(at place: JSONPlace) throws -> [Element] {
        guard place.kind == .array else { throw place.problem(.wrongType, expected: "an array") }
        return place.document.elements(of: place.node).compactMap {
            place.child($0).collectElement(Element.self)
        }
    }
}

extension Dictionary: JSONElements where Key == String, Value: Decodable {
    fileprivate static func collect(at place: JSONPlace) throws -> [String: Value] {
        guard place.kind == .object else { throw place.problem(.wrongType, expected: "an object") }
        var values: [String: Value] = [:]
        for key in place.document.elements(of: place.node) {
            values[place.document.text(key)] = place.child(key + 1).collectElement(Value.self)
        }
        return values
    }
}
