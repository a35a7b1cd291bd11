/// A value under a key.
struct KVEntry: Sendable, Indexed {
    /// The most bytes of a value.
    static let valueLimit = 524_288

    let key: KVKey
    var value: [UInt8]
    var flags: UInt64 = 0
    /// The session that holds it; empty for none.
    var session = ""
    /// How often it has been acquired.
    var lockIndex: UInt64 = 0
    var createIndex: UInt64 = 0
    var modifyIndex: UInt64 = 0
}
