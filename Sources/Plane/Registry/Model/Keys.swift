/// Names an instance: IDs are unique on a node only.
struct ServiceKey: Sendable, Hashable, Comparable {
    let node: String
    let id: String

    static func < (left: Self, right: Self) -> Bool {
        left.node == right.node ? left.id < right.id : left.node < right.node
    }
}

/// Names a check.
struct CheckKey: Sendable, Hashable, Comparable {
    let node: String
    let id: String

    static func < (left: Self, right: Self) -> Bool {
        left.node == right.node ? left.id < right.id : left.node < right.node
    }
}

/// A key of the key-value store: bytes, compared as bytes. (`String` takes canonically equivalent texts for one.)
struct KVKey: Sendable, Hashable, Comparable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }
    init(_ text: String) { bytes = Array(text.utf8) }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    func hasPrefix(_ prefix: KVKey) -> Bool { bytes.starts(with: prefix.bytes) }

    static func < (left: Self, right: Self) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}
