import FoundationEssentials

extension JSONPlace {
    /// The value of a type that is read without a decoder; nil for other types.
    @inline(__always) func scalar<Value>(_ type: Value.Type) throws -> Value? {
        if type == String.self { return try string() as? Value }
        if type == Int.self { return try integer(Int.self) as? Value }
        if type == Bool.self { return try bool() as? Value }
        if type == Double.self { return try double() as? Value }
        return try rareScalar(type)
    }

    private func rareScalar<Value>(_ type: Value.Type) throws -> Value? {
        if type == Date.self { return try date() as? Value }
        if type == UUID.self { return try uuid() as? Value }
        if type == Int64.self { return try integer(Int64.self) as? Value }
        if type == UInt64.self { return try integer(UInt64.self) as? Value }
        if type == Int32.self { return try integer(Int32.self) as? Value }
        if type == UInt32.self { return try integer(UInt32.self) as? Value }
        if type == UInt.self { return try integer(UInt.self) as? Value }
        if type == Int16.self { return try integer(Int16.self) as? Value }
        if type == UInt16.self { return try integer(UInt16.self) as? Value }
        if type == Int8.self { return try integer(Int8.self) as? Value }
        if type == UInt8.self { return try integer(UInt8.self) as? Value }
        if type == Float.self { return try float() as? Value }
        if type == Data.self { return try data() as? Value }
        if type == [UInt8].self { return try [UInt8](data()) as? Value }
        if type == Decimal.self { return try decimal() as? Value }
        if type == URL.self { return try url() as? Value }
        if type == JSONValue.self { return JSONValue(self) as? Value }
        return nil
    }

    func string() throws(JSONError) -> String {
        guard kind == .string else {
            throw problem(.wrongType, expected: JSONExpectation.words(for: String.self))
        }
        return document.text(node)
    }

    private func bool() throws(JSONError) -> Bool {
        guard kind == .bool else {
            throw problem(.wrongType, expected: JSONExpectation.words(for: Bool.self))
        }
        return document.bytes[Int(document.nodes[node].offset)] == UInt8(ascii: "t")
    }

    private func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws(JSONError) -> Value {
        guard kind == .number else { throw problem(.wrongType, expected: JSONExpectation.words(for: type)) }
        let result = document.withBytes(node) { JSONDecimal($0).integer(type) }
        switch result {
        case .success(let value): return value
        case .failure(let refusal):
            let reason: JSONReason = refusal == .notAnInteger ? .notAnInteger : .outOfRange
            throw problem(reason, expected: JSONExpectation.words(for: type))
        }
    }

    private func double() throws(JSONError) -> Double {
        guard kind == .number else {
            throw problem(.wrongType, expected: JSONExpectation.words(for: Double.self))
        }
        guard let value = document.withBytes(node, JSONNumber.double)
        else {
            throw problem(.outOfRange, expected: JSONExpectation.words(for: Double.self))
        }
        return value
    }

    private func float() throws(JSONError) -> Float {
        guard kind == .number else {
            throw problem(.wrongType, expected: JSONExpectation.words(for: Float.self))
        }
        guard let value = document.withBytes(node, JSONNumber.float) else {
            throw problem(.outOfRange, expected: JSONExpectation.words(for: Float.self))
        }
        return value
    }

    private func decimal() throws(JSONError) -> Decimal {
        guard kind == .number else {
            throw problem(.wrongType, expected: JSONExpectation.words(for: Decimal.self))
        }
        guard let value = Decimal(string: document.text(node)), !value.isNaN else {
            throw problem(.outOfRange, expected: JSONExpectation.words(for: Decimal.self))
        }
        return value
    }

    private func date() throws(JSONError) -> Date {
        guard kind == .string else {
            throw problem(.wrongType, expected: JSONExpectation.words(for: Date.self))
        }
        guard let date = document.withBytes(node, JSONTimestamp.date) else {
            throw problem(.invalidFormat, expected: JSONExpectation.words(for: Date.self))
        }
        return date
    }

    private func uuid() throws(JSONError) -> UUID { try formatted(UUID.self) { UUIDText.uuid($0) } }

    private func data() throws(JSONError) -> Data { try formatted(Data.self) { Data(base64Encoded: $0) } }

    private func url() throws(JSONError) -> URL { try formatted(URL.self) { URL(string: $0) } }

    private func formatted<Value>(_ type: Value.Type, _ make: (String) -> Value?) throws(JSONError) -> Value {
        guard kind == .string else { throw problem(.wrongType, expected: JSONExpectation.words(for: type)) }
        guard let value = make(document.text(node)) else {
            throw problem(.invalidFormat, expected: JSONExpectation.words(for: type))
        }
        return value
    }
}
