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
