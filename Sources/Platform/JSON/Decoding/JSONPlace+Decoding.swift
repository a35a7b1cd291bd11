extension JSONPlace {
    /// Decodes the value here.
    ///
    /// - Throws: ``JSONError``; `CollectedProblems` where problems are collected.
    @inline(__always) func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if let value = try scalar(type) { return value }
        if isCollecting { return try collect(type) }
        do {
            return try Value(from: JSONTreeDecoder(place: self))
        } catch {
            throw translated(error, type)
        }
    }

    /// A foreign error in this module's terms; its text is dropped, since it may hold the value.
    func translated<Value>(_ error: any Error, _ type: Value.Type) -> any Error {
        if error is JSONError || error is CollectedProblems { return error }
        let words = JSONExpectation.words(for: type)
        switch error as? DecodingError {
        case .keyNotFound(let key, let context): return foreign(.missingKey, context.codingPath + [key], "")
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            return foreign(.wrongType, context.codingPath, JSONExpectation.words(for: type))
        case .dataCorrupted(let context): return foreign(.rejected, context.codingPath, words)
        default: return problem(.rejected, expected: words)
        }
    }

    private func foreign(_ reason: JSONReason, _ path: [any CodingKey], _ expected: String) -> JSONError {
        let path = JSONPath(path.map(JSONPath.Component.init))
        let offset = Int(document.nodes[node].offset)
        return JSONError(JSONFieldProblem(path: path, reason: reason, expected: expected, offset: offset))
    }
}
