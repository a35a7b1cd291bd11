/// What no gateway forwards: each process's own health, figures and administration (defaults.md, "Addresses, ports, names").
enum ReservedPaths {
    private static let prefixes: [StaticString] = ["/health", "/metrics", "/admin"]

    /// Whether a canonical path is one of them or lies below one.
    static func contains(_ path: Span<UInt8>) -> Bool {
        for prefix in prefixes {
            let count = prefix.utf8CodeUnitCount
            guard path.count >= count, path.count == count || path[count] == UInt8(ascii: "/") else {
                continue
            }
            var index = 0
            // The index stays below the literal's count, and its bytes live as long as the program.
            while index < count, unsafe path[index] == prefix.utf8Start[index] { index += 1 }
            if index == count { return true }
        }
        return false
    }
}
