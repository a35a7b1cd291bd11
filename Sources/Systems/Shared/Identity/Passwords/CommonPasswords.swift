import Vigie

/// The passwords that are tried first, of those that are long enough to be chosen at all.
enum CommonPasswords {
    /// What may be chosen: 10 to 128 characters, none of the commonest.
    static let policy = PasswordPolicy { list.contains($0) }

    private static let list = read(PackageResources.common_passwords_txt)

    /// One password a line; lines that begin with `# `, or hold `#` alone, are comments.
    static func read(_ file: [UInt8]) -> Set<String> {
        let lines = file.split(separator: UInt8(ascii: "\n"))
        let comment = Array("# ".utf8)
        return Set(
            lines.filter { !$0.starts(with: comment) && !$0.elementsEqual("#".utf8) }.map {
                String(decoding: $0, as: UTF8.self)
            }
        )
    }
}
