/// The words of a filter expression.
enum FilterToken: Sendable, Equatable {
    /// A selector or a keyword.
    case word(String)
    /// A quoted text.
    case text(String)
    case equal, notEqual
    case open, close
    case dot
    case openBracket, closeBracket

    /// Takes an expression apart.
    ///
    /// - Throws: ``Refusal`` naming the place of what is no token.
    static func tokens(of expression: String) throws(Refusal) -> [FilterToken] {
        let bytes = Array(expression.utf8)
        var tokens: [FilterToken] = []
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): index += 1
            case UInt8(ascii: "("):
                tokens.append(.open)
                index += 1
            case UInt8(ascii: ")"):
                tokens.append(.close)
                index += 1
            case UInt8(ascii: "["):
                tokens.append(.openBracket)
                index += 1
            case UInt8(ascii: "]"):
                tokens.append(.closeBracket)
                index += 1
            case UInt8(ascii: "."):
                tokens.append(.dot)
                index += 1
            case UInt8(ascii: "=") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "="):
                tokens.append(.equal)
                index += 2
            case UInt8(ascii: "!") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "="):
                tokens.append(.notEqual)
                index += 2
            case UInt8(ascii: "\""), UInt8(ascii: "`"): tokens.append(try quoted(bytes, &index))
            case let byte where isWordByte(byte):
                let start = index
                while index < bytes.count, isWordByte(bytes[index]) { index += 1 }
                tokens.append(.word(String(decoding: bytes[start..<index], as: UTF8.self)))
            default: throw failure("unexpected character", at: index)
            }
            guard tokens.count <= 1024 else { throw failure("too long an expression", at: index) }
        }
        return tokens
    }

    static func failure(_ text: String, at place: Int) -> Refusal {
        Refusal(.failed, "Failed to create boolean expression evaluator: \(place): \(text)")
    }

    private static func quoted(_ bytes: [UInt8], _ index: inout Int) throws(Refusal) -> FilterToken {
        let start = index
        let quote = bytes[index]
        var text: [UInt8] = []
        index += 1
        while index < bytes.count, bytes[index] != quote {
            if bytes[index] == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), index + 1 < bytes.count {
                index += 1
            }
            text.append(bytes[index])
            index += 1
        }
        guard index < bytes.count else { throw failure("a text without an end", at: start) }
        index += 1
        return .text(String(decoding: text, as: UTF8.self))
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"),
            0x80...:
            true
        default: false
        }
    }
}
