extension ValueFormat where Value == Int {
    /// A whole number in decimal digits, `-` before it at most.
    public static func integer(_ range: ClosedRange<Int>) -> ValueFormat {
        ValueFormat(
            rule: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { text in
                guard !text.hasPrefix("+"), let value = Int(text), range.contains(value) else { return nil }
                return value
            },
            show: { String($0) }
        )
    }
}

extension ValueFormat where Value == Double {
    /// A decimal number such as `0.25` or `1e-3`.
    public static func decimal(_ range: ClosedRange<Double>) -> ValueFormat {
        ValueFormat(
            rule: "a decimal number from \(range.lowerBound) to \(range.upperBound)",
            parse: { text in
                // Neither `nan`, `inf` nor hexadecimal, which Swift reads too.
                guard text.utf8.allSatisfy({ "0123456789.eE-".utf8.contains($0) }) else { return nil }
                guard let value = Double(text), range.contains(value) else { return nil }
                return value
            },
            show: { String($0) }
        )
    }
}

extension ValueFormat where Value == Bool {
    /// `true` or `false`; a flag without a value is `true`.
    public static var boolean: ValueFormat {
        ValueFormat(
            rule: "true or false",
            standsAlone: true,
            parseRaw: { ["true": true, "false": false][$0.joined] },
            show: { String($0) }
        )
    }

    /// A ``boolean`` whose variable is true by any text that is not empty, as `NO_COLOR` is defined (no-color.org).
    public static var presence: ValueFormat {
        ValueFormat(
            rule: "true or false; in the environment any text is true",
            standsAlone: true,
            countsPresence: true,
            parseRaw: boolean.parse,
            show: boolean.show
        )
    }
}
