/// The parts of the text formats that both share: escapes and numbers.
enum ExpositionText {
    /// Appends text with `\` and line feed escaped, and `"` where it would end the text.
    static func appendEscaped(_ text: String, quotes: Bool, to out: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): out.append(contentsOf: #"\\"#.utf8)
            case UInt8(ascii: "\n"): out.append(contentsOf: #"\n"#.utf8)
            case UInt8(ascii: "\"") where quotes: out.append(contentsOf: #"\""#.utf8)
            default: out.append(byte)
            }
        }
    }

    /// Appends a value: whole numbers without a point, others with the fewest digits that give the same number back.
    static func append(_ value: Double, to out: inout [UInt8]) {
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 {
            append(whole, to: &out)
        } else {
            out.append(contentsOf: canonical(value).utf8)
        }
    }

    /// A bound as it stands in `le`: with a point also when it is whole (OpenMetrics 1.0, "Considerations: Canonical
    /// Numbers"), in both formats, so that a series is the same whichever is asked for.
    static func canonical(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value.description
    }

    private static func append(_ value: Int64, to out: inout [UInt8]) {
        if value < 0 { out.append(UInt8(ascii: "-")) }
        append(value.magnitude, to: &out)
    }

    /// Appends a count.
    static func append(_ value: UInt64, to out: inout [UInt8]) {
        guard value > 9 else { return out.append(UInt8(ascii: "0") + UInt8(value)) }
        let start = out.count
        var rest = value
        while rest > 0 {
            out.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        out[start...].reverse()
    }
}
