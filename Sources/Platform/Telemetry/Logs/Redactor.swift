/// Takes secrets out of what is logged or exported: by the name of a field, and by what a text looks like.
///
/// Looks for JSON Web Tokens, credentials behind `Bearer` and `Basic`, card numbers that pass the Luhn test, PEM blocks,
/// passwords in URLs, and `name=value` or `"name":"value"` with a secret's name. It errs on the side of silence.
public struct Redactor: Sendable {
    /// What stands in a secret's place.
    public static let mask = "***"
    /// All rules on.
    public static let standard = Redactor()

    private init() {}

    /// Whether a value under this name is not to be written at all.
    public func isSecret(_ key: AttributeKey) -> Bool {
        key.knowledge < .plainName && SecretKey.isSecret(key.name.utf8.span)
    }

    /// The text with the mask in the place of each secret.
    public func text(_ text: String) -> String {
        let span = text.utf8.span
        let findings = SecretScan.findings(in: span)
        guard !findings.isEmpty else { return text }
        var bytes: [UInt8] = []
        forEachPart(span.count, findings) { part in
            guard let part else { return bytes.append(contentsOf: Self.mask.utf8) }
            for index in part { bytes.append(span[index]) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The value with its texts redacted, or the mask alone when the name is a secret's.
    public func value(_ attribute: Attribute) -> AttributeValue {
        guard attribute.key.knowledge < .plainValues else { return attribute.value }
        guard !isSecret(attribute.key) else { return .string(Self.mask) }
        return switch attribute.value {
        case .string(let text): .string(self.text(text))
        case .strings(let texts): .strings(texts.map { self.text($0) })
        case .int(let number) where CardNumber.isCardNumber(number): .string(Self.mask)
        default: attribute.value
        }
    }

    /// Calls `body` with each range that may be written, and with nil for each secret, in order.
    func forEachPart(_ count: Int, _ findings: [Range<Int>], _ body: (Range<Int>?) -> Void) {
        var start = 0
        for finding in findings {
            body(start..<finding.lowerBound)
            body(nil)
            start = finding.upperBound
        }
        body(start..<count)
    }
}
