import Telemetry

/// One route and method that is called, with all that is made of them once.
final class CallSeries: Sendable {
    /// `http.request.method`: the span's name, or "HTTP" where the method is unknown.
    let spanName: String
    /// What is known of each call.
    let attributes: SharedAttributes
    /// By ``AttemptEnd/seriesIndex``.
    let durations: SeriesTable<Histogram>

    init(_ method: MethodLabel, _ template: String, _ durations: SeriesTable<Histogram>) {
        spanName = method.spanName
        var attributes: Attributes = [.httpRequestMethod: .string(method.value)]
        if !template.isEmpty { attributes[.urlTemplate] = .string(template) }
        self.attributes = SharedAttributes(attributes)
        self.durations = durations
    }
}
