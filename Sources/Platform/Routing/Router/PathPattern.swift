import HTTP

/// A route's path, taken apart: `/users/{id}/files/{rest...}`.
package struct PathPattern: Sendable, Hashable {
    /// What stands between the path's begin and its end.
    package enum Piece: Sendable, Hashable {
        /// Bytes as they stand in a canonical target, slashes among them.
        case literal([UInt8])
        /// One whole segment, never empty.
        case parameter(String)
        /// All that is left, never empty.
        case rest(String)
    }

    /// What is wrong with a path.
    package enum Mistake: String, Error {
        case begin = "begins with no slash"
        case end = "ends with a slash: declare the form without, the other one is redirected to it"
        case emptySegment = "has an empty segment"
        case dotSegment = "has a segment `.` or `..`, which no request's path has"
        case encoded = "has `%`, `?` or `#`: write a segment's text as it is, without a query"
        case braces = "has braces that are not around a whole segment: `{name}`, or `{name...}` at the end"
        case name = "has a parameter whose name is not of letters, digits and `_`, or stands twice"
        case tooMany = "has more than 8 parameters"
    }

    /// The path as it was declared: the value of `http.route`.
    package let template: String
    package let pieces: [Piece]
    /// The parameters' names in order, that of the rest last.
    package let names: [String]

    /// Reads a path.
    package init(_ template: String) throws(Mistake) {
        guard template.hasPrefix("/") else { throw .begin }
        guard template == "/" || !template.hasSuffix("/") else { throw .end }
        let segments = template.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        for (number, segment) in segments.enumerated() {
            literal.append(UInt8(ascii: "/"))
            guard segment.hasPrefix("{") else {
                literal += try Self.literal(segment, isRoot: template == "/")
                continue
            }
            pieces.append(.literal(literal))
            literal = []
            pieces.append(try Self.capture(segment, isLast: number == segments.count - 1))
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        self.template = template
        self.pieces = pieces
        names = pieces.compactMap(\.name)
        guard names.count <= PathCaptures.limit else { throw .tooMany }
        guard Set(names).count == names.count else { throw .name }
    }

    /// Whether its last parameter takes all that is left.
    package var hasRest: Bool { if case .rest = pieces.last { true } else { false } }

    private static func literal(_ segment: Substring, isRoot: Bool) throws(Mistake) -> [UInt8] {
        guard !segment.isEmpty || isRoot else { throw .emptySegment }
        guard segment != ".", segment != ".." else { throw .dotSegment }
        guard !segment.utf8.contains(where: { "%?#".utf8.contains($0) }) else { throw .encoded }
        guard !segment.contains("{"), !segment.contains("}") else { throw .braces }
        return Array(HTTPRequestHead(.get, "/" + segment).targetBytes.dropFirst())
    }

    private static func capture(_ segment: Substring, isLast: Bool) throws(Mistake) -> Piece {
        guard segment.hasSuffix("}") else { throw .braces }
        let inside = segment.dropFirst().dropLast()
        let isRest = inside.hasSuffix("...")
        guard !isRest || isLast else { throw .braces }
        let name = isRest ? inside.dropLast(3) : inside
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy {
                $0 < 128
                    && (Character(Unicode.Scalar($0)).isLetter
                        || Character(Unicode.Scalar($0)).isNumber || $0 == UInt8(ascii: "_"))
            }
        guard isName else { throw .name }
        return isRest ? .rest(String(name)) : .parameter(String(name))
    }
}

extension PathPattern.Piece {
    /// A parameter's name; nil for a literal.
    fileprivate var name: String? {
        switch self {
        case .literal: nil
        case .parameter(let name), .rest(let name): name
        }
    }
}

extension PathPattern {
    /// The literal text in front of the first parameter, without a slash at its end.
    package var literalStart: String {
        guard case .literal(let bytes) = pieces.first else { return "" }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
