/// The rules for names (Prometheus data model; OpenMetrics 1.0, ABNF and "Metric naming and namespaces").
enum MetricGrammar {
    /// Label names that have a meaning of their own here or in Prometheus.
    private static let reservedLabels: Set<String> = [
        "le", "quantile", LabelSet.overflowName, "job", "instance",
    ]

    /// Checks all that can be known of one definition alone.
    static func check(_ definition: MetricDefinition<some Sendable>) throws(MetricError) {
        guard let rule = brokenRule(of: definition) else { return }
        throw MetricError(code: .invalid(rule), metric: definition.name)
    }

    private static func brokenRule(of definition: MetricDefinition<some Sendable>) -> String? {
        let (name, family, unit) = (definition.name, definition.familyName, definition.unit.word)
        if !isName(name) { return "a name has only a-z, A-Z, 0-9 and _, and begins with no digit" }
        if family.isEmpty || !name.hasSuffix(definition.kind.nameSuffix) {
            return "the name of a metric of kind \(definition.kind) ends in \(definition.kind.nameSuffix)"
        }
        if let suffix = reservedSuffixes.first(where: family.hasSuffix) {
            return "the name ends in \(suffix), which belongs to another kind's series"
        }
        if !unit.isEmpty && !family.hasSuffix("_" + unit) {
            return "the name ends in its unit, _\(unit)\(definition.kind.nameSuffix)"
        }
        if definition.help.isEmpty { return "the help text is empty" }
        if let label = definition.labels.first(where: { !isLabel($0) }) {
            return
                "label \(label): a label's name has only a-z, A-Z, 0-9 and _, begins with no digit and no __,"
                + " and is none of \(reservedLabels.sorted().joined(separator: ", "))"
        }
        if Set(definition.labels).count < definition.labels.count { return "two labels have the same name" }
        return definition.histogramBounds?.problem
    }

    private static let reservedSuffixes = ["_total", "_created", "_bucket", "_sum", "_count", "_info"]

    private static func isLabel(_ text: String) -> Bool {
        isName(text) && !text.hasPrefix("__") && !reservedLabels.contains(text)
    }

    // No colon: Prometheus keeps it for recording rules.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !isDigit(first) else { return false }
        return text.utf8.allSatisfy { byte in
            isDigit(byte) || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
