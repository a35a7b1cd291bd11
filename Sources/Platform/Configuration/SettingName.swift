/// The names of one setting, all made from its key by one rule.
struct SettingName: Sendable, Equatable {
    static let environmentPrefix = "VIGIE_"

    /// In the file: `server.idle-timeout`, a member `idle-timeout` of the object `server`.
    let key: String
    /// As an argument: `--server-idle-timeout`.
    let flag: String
    /// In the environment: `VIGIE_SERVER_IDLE_TIMEOUT`, or the name that its owner gave it.
    let environment: String
    /// Whether the variable belongs to somebody else.
    let isForeign: Bool

    init(key: String, environment: String? = nil) {
        self.key = key
        flag = "--" + key.map { $0 == "." ? "-" : String($0) }.joined()
        let upper = key.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
        self.environment = environment ?? Self.environmentPrefix + upper
        isForeign = environment != nil
    }

    /// The names under which a file that holds the value may be given.
    var fileReference: SettingName {
        SettingName(key: key + "-file", environment: isForeign ? environment + "_FILE" : nil)
    }

    /// Whether the key is words of `a`–`z` and digits, each begun by a letter, parted by single `.` or `-`.
    var isWellFormed: Bool {
        key.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "-" }.allSatisfy { word in
            guard let first = word.utf8.first, Self.isLetter(first) else { return false }
            return word.utf8.allSatisfy { Self.isLetter($0) || (48...57).contains($0) }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte) }
}
