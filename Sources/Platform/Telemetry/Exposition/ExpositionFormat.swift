/// The formats in which metrics are told.
public enum ExpositionFormat: Sendable, Equatable, CaseIterable {
    /// Prometheus' text format, version 0.0.4: what a person or an old scraper gets.
    case text
    /// OpenMetrics 1.0: with units and exemplars.
    case openMetrics

    /// What goes into `Content-Type`.
    public var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// Chooses by the request's `Accept` field (RFC 9110 §12.5.1): OpenMetrics when it is named in a version that we have
    /// and wanted at least as much as text; text else, also when neither is acceptable.
    public init(accept: String?) {
        let wanted = AcceptedValues(accept ?? "")
        let openMetrics = wanted.quality(of: ["application/openmetrics-text", "application/*"]) {
            guard let version = $0["version"] else { return true }
            return ["1.0.0", "0.0.1"].contains(version)
        }
        let text = wanted.quality(of: ["text/plain", "text/*", "*/*"]) {
            $0["version"].map { $0 == "0.0.4" } ?? true
        }
        self = openMetrics > 0 && openMetrics >= text ? .openMetrics : .text
    }
}
