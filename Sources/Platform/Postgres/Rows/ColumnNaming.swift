/// How a property finds its column.
public enum ColumnNaming: Sendable {
    /// By its own name; else by the same in snake case: `createdAt` reads `createdAt` or `created_at`.
    case snakeCase
    /// By its own name alone.
    case asWritten

    /// The other name to look for, nil when there is none.
    func alternative(to key: String) -> String? {
        guard case .snakeCase = self, key.utf8.contains(where: { (65...90).contains($0) }) else { return nil }
        return Self.snakeCased(key)
    }

    /// `createdAt` → `created_at`, `imageURL` → `image_url`, `URLPath` → `url_path`.
    static func snakeCased(_ key: String) -> String {
        let bytes = Array(key.utf8)
        var snake: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            guard (65...90).contains(byte) else {
                snake.append(byte)
                continue
            }
            let followsLower = index > 0 && !(65...90).contains(bytes[index - 1]) && bytes[index - 1] != 95
            let endsCapitals =
                index > 0 && (65...90).contains(bytes[index - 1]) && index + 1 < bytes.count
                && (97...122).contains(bytes[index + 1])
            if followsLower || endsCapitals { snake.append(95) }
            snake.append(byte + 32)
        }
        return String(decoding: snake, as: UTF8.self)
    }
}
