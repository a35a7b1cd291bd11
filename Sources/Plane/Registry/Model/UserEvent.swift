/// Something that somebody told all agents.
struct UserEvent: Sendable, Hashable {
    let id: String
    let name: String
    let payload: [UInt8]
    let nodeFilter: String
    let serviceFilter: String
    let tagFilter: String
    let time: UInt64

    /// What `event/list` tells as its index: the ID's halves, exclusive-or.
    var index: UInt64 {
        let digits = id.utf8.filter { $0 != UInt8(ascii: "-") }
        let text = String(decoding: digits, as: UTF8.self)
        guard let value = UInt128(text, radix: 16) else { return 1 }
        return max(1, UInt64(truncatingIfNeeded: value >> 64) ^ UInt64(truncatingIfNeeded: value))
    }
}
