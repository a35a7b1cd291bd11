/// A tree that is written as YAML 1.2, in the order in which it was made.
indirect enum YAML: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    case text(String)
    case number(Int)
    case boolean(Bool)
    case list([YAML])
    case map([(key: String, value: YAML)])

    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }

    static func == (left: YAML, right: YAML) -> Bool { left.lines(0) == right.lines(0) }

    /// The document.
    var description: String { lines(0).joined(separator: "\n") + "\n" }

    private func lines(_ depth: Int) -> [String] {
        let space = String(repeating: "  ", count: depth)
        switch self {
        case .map(let members):
            return members.flatMap { key, value -> [String] in
                if let scalar = value.scalar { return ["\(space)\(Self.key(key)): \(scalar)"] }
                return ["\(space)\(Self.key(key)):"] + value.lines(depth + 1)
            }
        case .list(let elements):
            return elements.flatMap { element -> [String] in
                if let scalar = element.scalar { return ["\(space)- \(scalar)"] }
                var lines = element.lines(depth + 1)
                lines[0] = space + "- " + lines[0].dropFirst(space.count + 2)
                return lines
            }
        case .text, .number, .boolean: return [space + (scalar ?? "")]
        }
    }

    /// What fits on the line of its key; nil for what needs lines of its own.
    private var scalar: String? {
        switch self {
        case .text(let text): Self.quoted(text)
        case .number(let number): "\(number)"
        case .boolean(let value): "\(value)"
        case .list(let elements) where elements.isEmpty: "[]"
        case .map(let members) where members.isEmpty: "{}"
        case .list, .map: nil
        }
    }

    /// Always in quotes, so that `no`, `1.0` and `8080:8080` stay texts (YAML 1.2 §7.3.1).
    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            + "\""
    }

    private static func key(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0)
                || [45, 95].contains($0)
        }
        return isPlain && !["on", "off", "yes", "no", "true", "false", "null"].contains(text)
            ? text : quoted(text)
    }
}
