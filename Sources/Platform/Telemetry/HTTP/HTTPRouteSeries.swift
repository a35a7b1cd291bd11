import Synchronization

/// A route as telemetry knows it: what is made of its name once, for each method when that is first used.
///
/// Made by ``HTTPServerTelemetry``; kept for as long as there is the route.
@safe public final class HTTPRouteSeries: Sendable {
    /// The path as it was declared, the value of `http.route`; empty for none.
    public let template: String
    private let isQuiet: Bool
    private let family: MetricFamily<Histogram>
    private let methods: InlineArray<10, AtomicLazyReference<HTTPServerDurations.Route>>

    init(_ template: String, isQuiet: Bool, _ family: MetricFamily<Histogram>) {
        self.template = template
        self.isQuiet = isQuiet
        self.family = family
        methods = InlineArray { _ in AtomicLazyReference() }
    }

    subscript(method: MethodLabel) -> HTTPServerDurations.Route {
        let slot = method.index
        if let known = methods[slot].load() { return known }
        return methods[slot].storeIfNil(
            HTTPServerDurations.Route(method, template, isQuiet: isQuiet, family)
        )
    }
}
