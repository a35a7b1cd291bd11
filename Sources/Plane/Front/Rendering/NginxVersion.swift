/// Which nginx it is: some words of its configuration came late.
struct NginxVersion: Sendable, Comparable, CustomStringConvertible {
    /// 1.22.1 is 1, 22, 1.
    let parts: [Int]

    /// Takes the parts.
    init(_ parts: Int...) { self.parts = parts }

    /// Reads what `nginx -v` prints, `nginx version: nginx/1.22.1 (Debian)`; nil when there is no version in it.
    init?(printed text: String) {
        guard let slash = text.firstIndex(of: "/") else { return nil }
        let number = text[slash...].dropFirst().prefix { $0 == "." || ("0"..."9").contains($0) }
        let parts = number.split(separator: ".").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        self.parts = parts
    }

    /// As it is written.
    var description: String { parts.map(String.init).joined(separator: ".") }

    static func < (left: Self, right: Self) -> Bool { left.parts.lexicographicallyPrecedes(right.parts) }

    /// The oldest one whose words the configuration is made of, and that takes `-e`.
    static let oldest = NginxVersion(1, 19, 5)

    /// Whether HTTP/2 is switched on by a directive of its own.
    var hasHTTP2Directive: Bool { self >= NginxVersion(1, 25, 1) }
    /// Whether connections of clients can be kept for a moment when workers are replaced.
    var hasKeepaliveMinimum: Bool { self >= NginxVersion(1, 27, 4) }
}
