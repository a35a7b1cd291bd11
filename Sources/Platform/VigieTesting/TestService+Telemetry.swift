public import Vigie

extension TestService {
    /// The spans of that name that have ended, the first one first.
    public func spans(named name: String) -> [SpanData] { spans.spans.filter { $0.name == name } }

    /// The first span of that name; nil while there is none.
    public func span(named name: String) -> SpanData? { spans(named: name).first }

    /// The spans right below another one.
    public func children(of span: SpanData) -> [SpanData] {
        spans.spans.filter { $0.parent == span.context.spanID && $0.context.traceID == span.context.traceID }
    }

    /// The lines of the log that hold all of these texts.
    public func logLines(_ parts: String...) -> [String] {
        log.lines.filter { line in parts.allSatisfy { line.contains($0) } }
    }

    /// The sum of a metric's series that have these labels: of a histogram, how many measurements.
    ///
    /// - Returns: nil when no series has them.
    public func metric(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        guard let family = metrics.snapshot().first(where: { $0.name == name }) else { return nil }
        let values = family.series.filter { series in
            let own = Dictionary(zip(family.labelNames, series.labels.values)) { first, _ in first }
            return labels.allSatisfy { own[$0.key] == $0.value }
        }.map(\.value)
        guard !values.isEmpty else { return nil }
        return values.reduce(0) { sum, value in
            switch value {
            case .number(let number): sum + number
            case .histogram(let histogram): sum + Double(histogram.counts.reduce(0, +))
            }
        }
    }
}
