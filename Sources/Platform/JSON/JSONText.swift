/// Reading and writing values as JSON texts (RFC 8259), strictly and with exact 64-bit integers.
///
/// Beside what Codable itself knows: `Date` is a string of RFC 3339, `UUID` and `URL` a string, `Data` and `[UInt8]` a
/// string of base64 (RFC 4648 §4), `Decimal` a number, ``JSONValue`` anything. Keys that a type does not ask for are
/// passed over.
public enum JSONText: Sendable {
    /// Decodes the one value of a text. The bytes are shared, not copied; 8 bytes for each value and key are added.
    ///
    /// - Throws: ``JSONError`` of one problem: what makes the text no JSON, or the first field that is missing or bad.
    public static func decode<Value: Decodable>(
        _ type: Value.Type,
        from bytes: [UInt8],
        limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> Value {
        let top = JSONPlace(try JSONDocument(bytes, limits: limits), node: 0, depth: 0)
        return try decode(type, at: top)
    }

    /// Decodes the one value of a text, whose bytes are copied.
    ///
    /// - Throws: ``JSONError``, as above.
    public static func decode<Value: Decodable>(
        _ type: Value.Type,
        from bytes: ArraySlice<UInt8>,
        limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> Value {
        try decode(type, from: Array(bytes), limits: limits)
    }

    /// Decodes the one value of a text, whose bytes are copied.
    ///
    /// - Throws: ``JSONError``, as above.
    public static func decode<Value: Decodable>(
        _ type: Value.Type,
        from bytes: Span<UInt8>,
        limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> Value {
        // Copied within the closure.
        let copy = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
        return try decode(type, from: copy, limits: limits)
    }

    /// Decodes the one value of a text; when it has bad fields, the error names as many of them as can be found.
    ///
    /// A good text costs what ``decode(_:from:limits:)-([UInt8],_,_)`` costs. A bad one is read once more: every
    /// element of arrays and of dictionaries is looked at, and every field of types marked ``JSONFieldwise``; other
    /// types report their first bad field. Behind a bad field whose type has no stand-in (neither marked nor
    /// `CaseIterable`) the rest of that object is not looked at.
    ///
    /// - Throws: ``JSONError`` with all problems in the order of the reading.
    public static func decodeCollecting<Value: Decodable>(
        _ type: Value.Type,
        from bytes: [UInt8],
        limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> Value {
        let document = try JSONDocument(bytes, limits: limits)
        do throws(JSONError) {
            return try decode(type, at: JSONPlace(document, node: 0, depth: 0))
        } catch {
            _ = JSONPlace(document, node: 0, depth: 0, isCollecting: true).collectElement(type)
            throw JSONError(document.collected) ?? error
        }
    }

    private static func decode<Value: Decodable>(
        _ type: Value.Type,
        at top: JSONPlace
    ) throws(JSONError) -> Value {
        do {
            return try top.decode(type)
        } catch let error as JSONError {
            throw error
        } catch {
            throw top.problem(.rejected, expected: JSONExpectation.words(for: type))
        }
    }
}

extension JSONText {
    /// Encodes a value as a text without a newline at its end.
    ///
    /// A type that encodes the same key twice writes it twice, which ``decode(_:from:limits:)-([UInt8],_,_)`` refuses.
    ///
    /// - Throws: ``JSONError`` for infinity and NaN, for dates beyond the years 0 to 9999, for containers that are used
    ///   after their parent went on, and for what the value's own `encode(to:)` throws.
    public static func encode(
        _ value: some Encodable,
        _ options: JSONEncodingOptions = JSONEncodingOptions()
    ) throws(JSONError) -> [UInt8] {
        do {
            return try JSONEncoding(options).text(of: value)
        } catch let error as JSONError {
            throw error
        } catch {
            throw JSONError(JSONFieldProblem(path: JSONPath(), reason: .rejected))
        }
    }
}
