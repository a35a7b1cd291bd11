/// Durations in Go's notation (Go's package `time`, ParseDuration and Duration.String), as nanoseconds.
enum GoDuration {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ]

    /// Reads `1m30s`, `15.0s`, `-1.5h`, `0`; nil for any other text, and for what is beyond 64 bits.
    static func parse(_ text: String) -> Int64? {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if let sign = rest.first, sign == "-" || sign == "+" { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var sum: Double = 0
        var exact: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            guard digits.contains(where: { $0 != "." }), digits.filter({ $0 == "." }).count <= 1 else {
                return nil
            }
            rest = rest[digits.endIndex...]
            let name = rest.prefix { !($0.isASCII && $0.isNumber) && $0 != "." }
            rest = rest[name.endIndex...]
            guard let unit = units.first(where: { $0.name == name }),
                let value = Double(
                    digits.first == "."
                        ? "0\(digits)" : String(digits.last == "." ? digits.dropLast() : digits)
                )
            else { return nil }
            sum += value * unit.nanoseconds
            guard sum < 9.2e18 else { return nil }
            exact += Int64((value * unit.nanoseconds).rounded())
        }
        return isNegative ? -exact : exact
    }

    /// Writes `10s`, `1m30s`, `1.5s`, `100ms`, `0s`.
    static func format(_ nanoseconds: Int64) -> String {
        guard nanoseconds != 0 else { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        let value = nanoseconds.magnitude
        switch value {
        case ..<1_000: return "\(sign)\(value)ns"
        case ..<1_000_000: return sign + fraction(value, 1_000) + "µs"
        case ..<1_000_000_000: return sign + fraction(value, 1_000_000) + "ms"
        default: break
        }
        let minutes = value / 60_000_000_000
        let seconds = fraction(value % 60_000_000_000, 1_000_000_000) + "s"
        if minutes == 0 { return sign + seconds }
        return minutes < 60
            ? "\(sign)\(minutes)m\(seconds)" : "\(sign)\(minutes / 60)h\(minutes % 60)m\(seconds)"
    }

    private static func fraction(_ value: UInt64, _ unit: UInt64) -> String {
        guard value % unit != 0 else { return "\(value / unit)" }
        var digits = String(String(unit + value % unit).dropFirst())
        while digits.last == "0" { digits.removeLast() }
        return "\(value / unit).\(digits)"
    }
}
