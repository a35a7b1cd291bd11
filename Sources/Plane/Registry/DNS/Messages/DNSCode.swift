/// What an answer says of itself (RFC 1035 §4.1.1, RFC 6891 §9).
enum DNSCode: UInt16, Sendable {
    case noError = 0
    /// The query can't be read.
    case formatError = 1
    case serverFailure = 2
    /// There is no such name.
    case nameError = 3
    case notImplemented = 4
    case refused = 5
    /// A version of EDNS that is not known here; its upper bits stand in the OPT record.
    case badVersion = 16
}

/// The types of records that are known here.
enum DNSType {
    static let a: UInt16 = 1
    static let ns: UInt16 = 2
    static let cname: UInt16 = 5
    static let soa: UInt16 = 6
    static let txt: UInt16 = 16
    static let aaaa: UInt16 = 28
    static let srv: UInt16 = 33
    static let opt: UInt16 = 41
    static let any: UInt16 = 255
}
