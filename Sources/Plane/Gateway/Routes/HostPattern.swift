/// Which hosts a route is for.
enum HostPattern: Sendable, Hashable, CustomStringConvertible {
    /// All.
    case any
    /// One, in lower case and without a port.
    case exact(String)
    /// Those whose name ends with this, its dot included: `*.example.com`.
    case suffix(String)

    /// Reads `api.example.com` or `*.example.com`, in any case; nil for what is neither.
    init?(_ text: String) {
        let lower = text.lowercased()
        let isWild = lower.hasPrefix("*.")
        let name = isWild ? lower.dropFirst(2) : lower[...]
        let isName = name.utf8.allSatisfy {
            $0 &- 97 < 26 || $0 &- 48 < 10 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
        guard isName, name.utf8.count <= 253, !name.isEmpty, !name.hasPrefix("."), !name.hasSuffix("."),
            !name.contains("..")
        else { return nil }
        self = isWild ? .suffix("." + name) : .exact(String(name))
    }

    /// As it is written in a document; `*` for all.
    var description: String {
        switch self {
        case .any: "*"
        case .exact(let name): name
        case .suffix(let name): "*\(name)"
        }
    }
}
