/// A machine with an address, on which instances and checks are.
struct Node: Sendable, Indexed {
    var name: String
    /// A UUID; empty for a node that was registered without one.
    var id = ""
    var address: String
    /// nil when it was registered without.
    var taggedAddresses: StringMap?
    /// nil when it was registered without.
    var meta: StringMap?
    var createIndex: UInt64 = 0
    var modifyIndex: UInt64 = 0
}
