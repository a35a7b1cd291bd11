import Synchronization

/// A route as telemetry knows it: what is made of its name once, for each method when that is first used.
///
/// Made by ``HTTPServerTelemetry``; kept for as long as there is the route.
public final class HTTPRouteSeries: Sendable {
    /// The path as it was declared, the value of `http.route`; empty for none.
    public let template: String
    private let isQuiet: Bool
    private let family: MetricFamily<Histogram>
    private let methods: Mutex<[HTTPServerDurations.Route?]>

    init(_ template: String, isQuiet: Bool, _ family: MetricFamily<Histogram>) {
        self.template = template
        self.isQuiet = isQuiet
        self.family = family
        methods = Mutex(Array(repeating: nil, count: MethodLabel.all.count))
    }

    subscript(method: MethodLabel) -> HTTPServerDurations.Route {
        methods.withLock { methods in
            if let known = methods[method.index] { return known }
            let route = HTTPServerDurations.Route(method, template, isQuiet: isQuiet, family)
            methods[method.index] = route
            return route
        }
    }
}
