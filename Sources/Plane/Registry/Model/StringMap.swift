/// Pairs of texts in the order of their keys: what `Meta` holds. Smaller than a dictionary, and written in one order.
struct StringMap: Sendable, Hashable {
    /// A key and its value.
    struct Pair: Sendable, Hashable {
        let key: String
        let value: String
    }

    private(set) var pairs: [Pair]

    /// Sorts the pairs; of a repeated key the last stays.
    init(_ pairs: [(String, String)] = []) {
        var seen: [String: String] = [:]
        for (key, value) in pairs { seen[key] = value }
        self.pairs = seen.sorted { $0.key < $1.key }.map { Pair(key: $0.key, value: $0.value) }
    }

    var count: Int { pairs.count }
    var isEmpty: Bool { pairs.isEmpty }

    subscript(key: String) -> String? { pairs.first { $0.key == key }?.value }
}
