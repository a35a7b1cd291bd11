/// A `?filter` expression (consul-http-api.md §6, a subset of go-bexpr), read once and asked of each row.
struct Filter: Sendable, Equatable {
    indirect enum Expression: Sendable, Equatable {
        case or(Expression, Expression)
        case and(Expression, Expression)
        case not(Expression)
        case equals([String], String)
        /// The selected text, list or map has the value.
        case contains([String], String)
        case isEmpty([String])
        case matches([String], Pattern)
    }

    let expression: Expression

    init(_ text: String) throws(Refusal) {
        guard text.utf8.count <= 8192 else { throw FilterToken.failure("too long an expression", at: 8192) }
        var parser = FilterParser(tokens: try FilterToken.tokens(of: text))
        expression = try parser.parse()
    }

    /// Whether a row is one of those asked for.
    ///
    /// - Throws: for a selector that such rows don't have.
    func matches(_ row: some FilterRow) throws(Refusal) -> Bool { try Self.evaluate(expression, row) }

    private static func evaluate(_ expression: Expression, _ row: some FilterRow) throws(Refusal) -> Bool {
        switch expression {
        case .or(let left, let right):
            // Both sides are evaluated, so that an unknown selector shows whatever the row.
            let left = try evaluate(left, row)
            return try evaluate(right, row) || left
        case .and(let left, let right):
            let left = try evaluate(left, row)
            return try evaluate(right, row) && left
        case .not(let inner): return try !evaluate(inner, row)
        case .equals(let path, let value): return try select(path, row).equals(value)
        case .contains(let path, let value): return try select(path, row).contains(value)
        case .isEmpty(let path): return try select(path, row).isEmpty
        case .matches(let path, let pattern): return try select(path, row).matches(pattern)
        }
    }

    private static func select(_ path: [String], _ row: some FilterRow) throws(Refusal) -> FilterValue {
        guard let value = row.value(at: path[...]) else {
            throw Refusal(.failed, "Selector \"\(path.joined(separator: "."))\" is not valid")
        }
        return value
    }
}

/// Something that a filter may be asked of.
protocol FilterRow {
    /// What a selector stands for; nil for one that there is not.
    func value(at path: ArraySlice<String>) -> FilterValue?
}

/// What a selector stands for.
enum FilterValue {
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([String])
    case map(StringMap?)
    /// A map's key that is not there.
    case absent

    func equals(_ value: String) -> Bool {
        switch self {
        case .text(let text): text == value
        case .number(let number): Int(value) == number
        case .flag(let flag): QueryParameters.boolean(value) == flag
        case .list(let list): list.contains(value)
        case .map, .absent: false
        }
    }

    func contains(_ value: String) -> Bool {
        switch self {
        case .text(let text): value.isEmpty || text.contains(value)
        case .list(let list): list.contains(value)
        case .map(let map): map?[value] != nil
        case .number, .flag, .absent: false
        }
    }

    var isEmpty: Bool {
        switch self {
        case .text(let text): text.isEmpty
        case .list(let list): list.isEmpty
        case .map(let map): map?.isEmpty ?? true
        case .number, .flag: false
        case .absent: true
        }
    }

    func matches(_ pattern: Pattern) -> Bool {
        switch self {
        case .text(let text): pattern.matches(text)
        case .list(let list): list.contains { pattern.matches($0) }
        case .number, .flag, .map, .absent: false
        }
    }

    /// A member of a map.
    static func member(_ map: StringMap?, _ path: ArraySlice<String>) -> FilterValue? {
        guard let key = path.first else { return .map(map) }
        guard path.count == 1 else { return nil }
        return map?[key].map { .text($0) } ?? .absent
    }
}
