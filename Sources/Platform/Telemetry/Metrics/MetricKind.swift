/// What a family's figures mean, as scrapers know it.
public enum MetricKind: String, Sendable {
    /// Only grows; its name ends in `_total`.
    case counter
    /// Goes up and down.
    case gauge
    /// Measurements in buckets.
    case histogram
    /// Always 1, its labels tell; its name ends in `_info`.
    case info

    /// What the names of this kind end in; empty where there is no rule.
    var nameSuffix: String {
        switch self {
        case .counter: "_total"
        case .info: "_info"
        case .gauge, .histogram: ""
        }
    }

    /// What is added to the family's name to name its series (OpenMetrics 1.0, "Suffixes").
    var sampleSuffixes: [String] {
        switch self {
        case .counter: ["_total", "_created"]
        case .gauge: [""]
        case .histogram: ["_bucket", "_sum", "_count", "_created"]
        case .info: ["_info"]
        }
    }
}
