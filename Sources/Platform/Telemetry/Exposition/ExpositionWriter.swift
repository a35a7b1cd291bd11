import Reactor

/// Writes metrics as text: a pure function of a snapshot.
struct ExpositionWriter {
    private let format: ExpositionFormat
    /// What is added to a time of the monotonic clock to get nanoseconds since 1970.
    private let clockOffset: Int64
    private var out: [UInt8] = []

    private init(_ format: ExpositionFormat, clockOffset: Int64) {
        self.format = format
        self.clockOffset = clockOffset
    }

    /// The whole exposition. Metrics without a series are left out.
    static func render(
        _ families: [FamilySnapshot],
        as format: ExpositionFormat,
        clockOffset: Int64
    ) -> [UInt8] {
        var writer = ExpositionWriter(format, clockOffset: clockOffset)
        writer.out.reserveCapacity(families.reduce(64) { $0 + $1.estimatedByteCount })
        for family in families where !family.series.isEmpty { writer.append(family) }
        if format == .openMetrics { writer.append("# EOF\n") }
        return writer.out
    }

    private mutating func append(_ family: FamilySnapshot) {
        appendHeader(family)
        if family.kind == .histogram {
            appendHistograms(family)
        } else {
            appendNumbers(family)
        }
    }

    /// `# HELP`, `# TYPE`, `# UNIT`: OpenMetrics names the family and knows `info`, the older format names the series.
    private mutating func appendHeader(_ family: FamilySnapshot) {
        let isOpen = format == .openMetrics
        let name = isOpen ? family.familyName : family.name
        append("# HELP \(name) ")
        ExpositionText.appendEscaped(family.help, quotes: isOpen, to: &out)
        let kind = family.kind == .info && !isOpen ? MetricKind.gauge : family.kind
        append("\n# TYPE \(name) \(kind.rawValue)\n")
        if isOpen, !family.unit.word.isEmpty { append("# UNIT \(name) \(family.unit.word)\n") }
    }

    private mutating func appendNumbers(_ family: FamilySnapshot) {
        let name = Array(family.name.utf8)
        for series in family.series {
            guard case .number(let value) = series.value else { continue }
            appendName(name, series.labels)
            ExpositionText.append(value, to: &out)
            out.append(UInt8(ascii: "\n"))
        }
    }

    private mutating func appendHistograms(_ family: FamilySnapshot) {
        let names = HistogramNames(family)
        for series in family.series {
            guard case .histogram(let value) = series.value else { continue }
            var count: UInt64 = 0
            for bucket in names.bounds.indices {
                count &+= bucket < value.counts.count ? value.counts[bucket] : 0
                out.append(contentsOf: names.bucket)
                out.append(contentsOf: series.labels.text)
                if !series.labels.text.isEmpty { out.append(UInt8(ascii: ",")) }
                out.append(contentsOf: names.bounds[bucket])
                ExpositionText.append(count, to: &out)
                if format == .openMetrics, bucket < value.exemplars.count { append(value.exemplars[bucket]) }
                out.append(UInt8(ascii: "\n"))
            }
            appendName(names.sum, series.labels)
            ExpositionText.append(value.sum, to: &out)
            out.append(UInt8(ascii: "\n"))
            appendName(names.count, series.labels)
            ExpositionText.append(count, to: &out)
            out.append(UInt8(ascii: "\n"))
        }
    }

    /// ` # {trace_id="…"} value seconds` (OpenMetrics 1.0, "Exemplars").
    private mutating func append(_ shown: HistogramValue.ShownExemplar?) {
        guard let shown else { return }
        append(" # {trace_id=\"")
        let digits = String(shown.exemplar.traceID, radix: 16)
        for _ in digits.utf8.count..<32 { out.append(UInt8(ascii: "0")) }
        append(digits)
        append("\"} ")
        ExpositionText.append(shown.value, to: &out)
        let milliseconds = (shown.exemplar.time.nanoseconds &+ clockOffset) / 1_000_000
        append(" ")
        append((Double(milliseconds) / 1000).description)
    }

    /// `name{labels} `, without braces when there are no labels.
    private mutating func appendName(_ name: [UInt8], _ labels: LabelSet) {
        out.append(contentsOf: name)
        if !labels.text.isEmpty {
            out.append(UInt8(ascii: "{"))
            out.append(contentsOf: labels.text)
            out.append(UInt8(ascii: "}"))
        }
        out.append(UInt8(ascii: " "))
    }

    private mutating func append(_ text: String) { out.append(contentsOf: text.utf8) }
}

/// The parts of a histogram's lines that all its series share.
private struct HistogramNames {
    let bucket: [UInt8]
    let sum: [UInt8]
    let count: [UInt8]
    /// `le="0.005"} ` for each bucket.
    let bounds: [[UInt8]]

    init(_ family: FamilySnapshot) {
        bucket = Array("\(family.name)_bucket{".utf8)
        sum = Array("\(family.name)_sum".utf8)
        count = Array("\(family.name)_count".utf8)
        bounds = (family.bounds + [.infinity]).map { Array("le=\"\(ExpositionText.canonical($0))\"} ".utf8) }
    }
}

extension FamilySnapshot {
    fileprivate var estimatedByteCount: Int {
        let labels = series.first?.labels.text.count ?? 0
        return 200 + series.count * (bounds.isEmpty ? 1 : bounds.count + 3) * (name.utf8.count + labels + 32)
    }
}
