/// Reads the words of a filter: `or` binds less than `and`, that less than `not`, that less than parentheses.
struct FilterParser {
    private static let depthLimit = 64

    private let tokens: [FilterToken]
    private var position = 0
    private var depth = 0

    init(tokens: [FilterToken]) { self.tokens = tokens }

    mutating func parse() throws(Refusal) -> Filter.Expression {
        let expression = try disjunction()
        guard position == tokens.count else { throw failure("unexpected word") }
        return expression
    }

    private mutating func disjunction() throws(Refusal) -> Filter.Expression {
        var left = try conjunction()
        while takeWord("or") { left = .or(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(Refusal) -> Filter.Expression {
        var left = try negation()
        while takeWord("and") { left = .and(left, try negation()) }
        return left
    }

    private mutating func negation() throws(Refusal) -> Filter.Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw failure("too deep an expression") }
        if takeWord("not") { return .not(try negation()) }
        guard take(.open) else { return try comparison() }
        let inner = try disjunction()
        guard take(.close) else { throw failure("a parenthesis is not closed") }
        return inner
    }

    private mutating func comparison() throws(Refusal) -> Filter.Expression {
        if let value = takeValueBeforeIn() {
            let isNegated = takeWord("not")
            guard takeWord("in") else { throw failure("expected in") }
            let test = Filter.Expression.contains(try selector(), value)
            return isNegated ? .not(test) : test
        }
        let path = try selector()
        if take(.equal) { return .equals(path, try value()) }
        if take(.notEqual) { return .not(.equals(path, try value())) }
        if takeWord("is") {
            let isNegated = takeWord("not")
            guard takeWord("empty") else { throw failure("expected empty") }
            return isNegated ? .not(.isEmpty(path)) : .isEmpty(path)
        }
        let isNegated = takeWord("not")
        let test: Filter.Expression
        if takeWord("contains") {
            test = .contains(path, try value())
        } else if takeWord("matches") {
            test = .matches(path, try Pattern(try value()))
        } else {
            throw failure("expected an operator")
        }
        return isNegated ? .not(test) : test
    }

    /// The value of `value in selector`: a quoted text, or a word that `in` or `not in` follows.
    private mutating func takeValueBeforeIn() -> String? {
        guard position < tokens.count else { return nil }
        switch tokens[position] {
        case .text(let text):
            position += 1
            return text
        case .word(let word):
            let next = position + 1
            guard next < tokens.count else { return nil }
            let isNegated =
                tokens[next] == .word("not") && next + 1 < tokens.count && tokens[next + 1] == .word("in")
            guard tokens[next] == .word("in") || isNegated else { return nil }
            position += 1
            return word
        default: return nil
        }
    }

    private mutating func selector() throws(Refusal) -> [String] {
        guard case .word(let first)? = current else { throw failure("expected a selector") }
        position += 1
        var path = [first]
        while true {
            if take(.dot) {
                guard case .word(let name)? = current else { throw failure("expected a name") }
                position += 1
                path.append(name)
            } else if take(.openBracket) {
                guard case .text(let name)? = current else { throw failure("expected a quoted name") }
                position += 1
                guard take(.closeBracket) else { throw failure("a bracket is not closed") }
                path.append(name)
            } else {
                return path
            }
        }
    }

    private mutating func value() throws(Refusal) -> String {
        switch current {
        case .text(let text):
            position += 1
            return text
        case .word(var word):
            position += 1
            // A number with a fraction.
            if word.utf8.allSatisfy({ (48...57).contains($0) }), take(.dot), case .word(let rest)? = current {
                position += 1
                word += ".\(rest)"
            }
            return word
        default: throw failure("expected a value")
        }
    }

    private var current: FilterToken? { position < tokens.count ? tokens[position] : nil }

    private mutating func take(_ token: FilterToken) -> Bool {
        guard current == token else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(_ word: String) -> Bool { take(.word(word)) }

    private func failure(_ text: String) -> Refusal { FilterToken.failure(text, at: position) }
}
