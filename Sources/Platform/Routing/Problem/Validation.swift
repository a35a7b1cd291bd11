import HTTP

/// Collects what rules find.
public struct Validation: Sendable {
    private var path = ""
    private var found: [(path: String, detail: String)] = []

    init() {}

    /// Asks one rule.
    ///
    /// - Parameters:
    ///   - field: the field's name; empty for the value as a whole.
    ///   - isValid: whether it is right.
    ///   - detail: what would be right, fit for the client: `must be positive`. Don't repeat the value.
    public mutating func require(_ field: String, _ isValid: Bool, _ detail: String) {
        guard !isValid else { return }
        found.append((field.isEmpty ? path : path + "/" + Self.escape(field), detail))
    }

    /// Asks for a text that people read.
    ///
    /// - Parameters:
    ///   - field: the field's name.
    ///   - text: its value.
    ///   - length: how many characters it may have; where at least one is asked for, not all may be white space.
    ///   - mayBreak: whether it may have line ends and tabs. Other control characters it never may: PostgreSQL's texts hold
    ///     no NUL, and a terminal obeys the rest.
    public mutating func text(
        _ field: String,
        _ text: String,
        _ length: ClosedRange<Int>,
        mayBreak: Bool = false
    ) {
        let isWritten = length.lowerBound == 0 || text.contains { !$0.isWhitespace }
        let rule =
            length.lowerBound == 0
            ? "must have at most \(length.upperBound) characters"
            : "must have \(length.lowerBound) to \(length.upperBound) characters"
        require(field, length.contains(text.count) && isWritten, rule)
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            let isBreak = scalar == "\n" || scalar == "\r" || scalar == "\t"
            return mayBreak && isBreak || scalar.properties.generalCategory != .control
        }
        require(field, isPlain, "must be without control characters")
    }

    /// Asks the rules of a value inside this one.
    public mutating func nested(_ field: String, _ value: some Validatable) {
        let outer = path
        path += "/" + Self.escape(field)
        value.validate(&self)
        path = outer
    }

    /// Asks all rules of a value.
    ///
    /// - Throws: 422 with each mistake.
    static func check(
        _ value: some Validatable,
        place: (String) -> ProblemField.Place
    ) throws(Problem) {
        var validation = Validation()
        value.validate(&validation)
        guard !validation.found.isEmpty else { return }
        throw .invalid(validation.found.map { ProblemField(place($0.path), detail: $0.detail) })
    }

    /// A reference token (RFC 6901 §3).
    static func escape(_ key: String) -> String {
        key.reduce(into: "") { text, character in
            switch character {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.append(character)
            }
        }
    }
}
