/// Traces as text: a list of the last ones, and one as a waterfall.
package struct Waterfall: Sendable {
    private let traces: [String: [StoredSpan]]

    /// Of the lines of a trace file; those that can't be read are passed over.
    package init(_ lines: [[UInt8]]) {
        let spans = lines.flatMap { StoredSpan.spans(of: $0) ?? [] }
        traces = Dictionary(grouping: spans, by: \.trace)
    }

    /// The last traces, the newest first, a line each.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - isAll: whether those that begin in the registry are among them: checks and watches, which never end.
    /// - Returns: the lines.
    package func list(_ count: Int, isAll: Bool = false) -> [String] {
        let rows = traces.values.compactMap { spans in root(of: spans).map { (root: $0, spans: spans) } }
            .filter { isAll || $0.root.service != "registry" }
            .sorted { $0.root.start > $1.root.start }.prefix(count)
        return rows.map { root, spans in
            let services = Set(spans.map(\.service)).count
            let errors = spans.filter(\.isError).count
            return [
                root.trace, Self.pad(Self.milliseconds(Self.length(spans)), 10, left: true),
                Self.pad("\(spans.count) spans", 9, left: true), "\(services) services",
                errors > 0 ? "\(errors) errors" : "", "\(root.service): \(root.name)",
            ].filter { !$0.isEmpty }.joined(separator: "  ")
        }
    }

    /// The trace whose id begins so, as a waterfall; nil when there is none, or more than one.
    package func lines(of prefix: String, width: Int = 40) -> [String]? {
        let found = traces.keys.filter { $0.hasPrefix(prefix.lowercased()) }
        guard found.count == 1, let id = found.first, let spans = traces[id] else { return nil }
        let begin = spans.map(\.start).min() ?? 0
        let length = max(1, Self.length(spans))
        var lines = ["trace \(id)  \(Self.milliseconds(length))  \(spans.count) spans", ""]
        let known = Set(spans.map(\.id))
        let children = Dictionary(grouping: spans.filter { known.contains($0.parent) }, by: \.parent)
        var seen: Set<String> = []
        func add(_ span: StoredSpan, _ depth: Int) {
            // Also what is its own ancestor, which only a broken sender makes.
            guard seen.insert(span.id).inserted else { return }
            let from = Int(UInt64(width) * (span.start - begin) / length)
            let size = max(1, Int(UInt64(width) * span.duration / length))
            let bar =
                String(repeating: " ", count: min(from, width - 1)) + String(repeating: "█", count: size)
            let name = String(repeating: "  ", count: depth) + "\(span.service): \(span.name)"
            lines.append(
                [
                    Self.pad(name, 52), Self.pad(Self.milliseconds(span.duration), 10, left: true),
                    Self.pad(String(bar.prefix(width)), width), Self.summary(span),
                ].joined(separator: "  ")
            )
            for child in (children[span.id] ?? []).sorted(by: { $0.start < $1.start }) {
                add(child, depth + 1)
            }
        }
        for span in spans.filter({ !known.contains($0.parent) }).sorted(by: { $0.start < $1.start }) {
            add(span, 0)
        }
        return lines.map { String($0.reversed().drop { $0 == " " }.reversed()) }
    }

    private func root(of spans: [StoredSpan]) -> StoredSpan? {
        spans.filter(\.parent.isEmpty).min { $0.start < $1.start } ?? spans.min { $0.start < $1.start }
    }

    private static func length(_ spans: [StoredSpan]) -> UInt64 {
        let (start, end) = (spans.map(\.start).min() ?? 0, spans.map(\.end).max() ?? 0)
        return end > start ? end - start : 0
    }

    /// What is worth a place on the line.
    private static func summary(_ span: StoredSpan) -> String {
        let shown = ["http.response.status_code", "http.request.resend_count", "error.type", "db.query.text"]
        let texts = span.attributes.filter { shown.contains($0.key) }.map { $0.value.prefix(60) }
        return (span.isError ? "ERROR" : "")
            + (span.isError && !texts.isEmpty ? " " : "") + texts.joined(separator: " ")
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        let hundredths = (nanoseconds + 5_000) / 10_000
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) ms"
    }

    private static func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
        let short = text.count > width ? String(text.prefix(width - 1)) + "…" : text
        let space = String(repeating: " ", count: width - short.count)
        return left ? space + short : short + space
    }
}
