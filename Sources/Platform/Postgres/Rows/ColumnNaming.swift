/// How a property finds its column.
public enum ColumnNaming: Sendable {
    /// By its own name; else by the same in snake case: `createdAt` reads `createdAt` or `created_at`.
    case snakeCase
    /// By its own name alone.
    case asWritten

    /// Whether a property that has no column of its own name reads `column`.
    func isAlternative(_ column: String, to key: String) -> Bool {
        guard case .snakeCase = self else { return false }
        return Self.isSnakeCase(column.utf8.span, of: key.utf8.span)
    }

    /// `createdAt` → `created_at`, `imageURL` → `image_url`, `URLPath` → `url_path`: compared without making one.
    static func isSnakeCase(_ column: Span<UInt8>, of key: Span<UInt8>) -> Bool {
        // No byte of a key gives more than two.
        guard column.count >= key.count, column.count <= 2 * key.count else { return false }
        var at = 0
        for index in key.indices {
            let isCapital = isCapital(key[index])
            if isCapital, beginsWord(key, index) {
                guard at < column.count, column[at] == UInt8(ascii: "_") else { return false }
                at += 1
            }
            guard at < column.count, column[at] == (isCapital ? key[index] + 32 : key[index]) else {
                return false
            }
            at += 1
        }
        return at == column.count
    }

    /// Whether the capital at `index` is the first of a word inside of the key.
    private static func beginsWord(_ key: Span<UInt8>, _ index: Int) -> Bool {
        guard index > 0 else { return false }
        let before = key[index - 1]
        guard isCapital(before) else { return before != UInt8(ascii: "_") }
        return index + 1 < key.count && (97...122).contains(key[index + 1])
    }

    private static func isCapital(_ byte: UInt8) -> Bool { (65...90).contains(byte) }
}
