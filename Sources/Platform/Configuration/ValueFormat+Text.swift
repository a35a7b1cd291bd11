public import Secrets

extension ValueFormat where Value == String {
    /// A text of some characters, none of them a control character.
    public static func text(_ length: ClosedRange<Int> = 1...4_096) -> ValueFormat {
        text(rule: "a text of \(length.lowerBound) to \(length.upperBound) characters") {
            length.contains($0.count)
        }
    }

    /// A text that `matches`, without control characters.
    ///
    /// - Parameters:
    ///   - rule: completes "must be": `1–63 of a–z, 0–9 and -`.
    ///   - matches: whether a text keeps the rule.
    /// - Returns: the format.
    public static func text(rule: String, _ matches: @escaping @Sendable (String) -> Bool) -> ValueFormat {
        ValueFormat(
            rule: rule,
            parse: { text in
                guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
                    return nil
                }
                return matches(text) ? text : nil
            },
            show: { $0 }
        )
    }
}

extension ValueFormat where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of an enumeration's raw values.
    public static var choice: ValueFormat {
        ValueFormat(
            rule: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            parse: { Value(rawValue: $0) },
            show: { $0.rawValue }
        )
    }
}

extension ValueFormat where Value == Secret {
    /// A secret. It comes by the environment, by the file, or by the name of a file that holds it (the key with `-file`,
    /// the variable with `_FILE`; one line end at its end is dropped), not by a flag, which other users can see. `least`
    /// is the fewest bytes of UTF-8 that it must have.
    public static func secret(least: Int = 1) -> ValueFormat {
        ValueFormat(
            rule: "a secret of \(least) to 65536 bytes",
            isSecret: true,
            parseRaw: { raw in
                guard case .text(let text) = raw, (least...65_536).contains(text.utf8.count) else {
                    return nil
                }
                return Secret(text)
            },
            show: { _ in Secret.mask }
        )
    }
}
