package import Configuration
import HTTP
package import Reactor
import Secrets
package import Telemetry

/// Which traces are kept, and where they go: OpenTelemetry's own variables, and the project's.
package struct TraceOptions: ConfigurationPart {
    /// `trace.ratio`, 0 to 1.
    package var ratio = 1.0
    var keepsTail = true
    var endpoint: String?
    var headers: Secret?
    var encoding: String?
    var timeout: String?
    var file: String?
    package var acceptsB3 = false
    var serviceName: String?
    var resource: String?

    package init() {}

    package static let title = "Traces"
    package static let settings: [Setting<Self>] = [
        Setting(
            "trace.ratio",
            \.ratio,
            .decimal(0...1),
            environment: "TRACE_RATIO",
            help: "The share of traces that are kept from their beginning."
        ),
        Setting(
            "trace.tail",
            \.keepsTail,
            .boolean,
            help: "Whether errors and slow requests are kept of the other traces."
        ),
        Setting(
            "trace.endpoint",
            \.endpoint,
            .optional(.text()),
            environment: "OTEL_EXPORTER_OTLP_ENDPOINT",
            help: "The collector, http://host:4318; none: traces are not sent."
        ),
        Setting(
            "trace.headers",
            \.headers,
            .optional(.secret()),
            environment: "OTEL_EXPORTER_OTLP_HEADERS",
            help: "Fields for the collector: name=value,…"
        ),
        Setting(
            "trace.protocol",
            \.encoding,
            .optional(.text()),
            environment: "OTEL_EXPORTER_OTLP_PROTOCOL",
            help: "http/protobuf or http/json."
        ),
        Setting(
            "trace.timeout",
            \.timeout,
            .optional(.text()),
            environment: "OTEL_EXPORTER_OTLP_TIMEOUT",
            help: "How long the collector may take, in milliseconds."
        ),
        Setting(
            "trace.file",
            \.file,
            .optional(.text()),
            help: "A file to append traces to, as lines of OTLP/JSON."
        ),
        Setting("trace.b3", \.acceptsB3, .boolean, help: "Whether callers may name their span by B3 fields."),
        Setting(
            "trace.service-name",
            \.serviceName,
            .optional(.text()),
            environment: "OTEL_SERVICE_NAME",
            help: "What traces call the service, where that differs."
        ),
        Setting(
            "trace.resource",
            \.resource,
            .optional(.text()),
            environment: "OTEL_RESOURCE_ATTRIBUTES",
            help: "More about where the traces come from: key=value,…"
        ),
    ]

    package func contradictions() -> [String] {
        var problems: [String] = []
        _ = otlp(&problems)
        _ = resource([:], &problems)
        if endpoint != nil, file != nil {
            problems.append("trace.endpoint and trace.file exclude each other")
        }
        return problems
    }

    /// What sends spans, with what their resource is called unless the options say otherwise; nil when nobody wants them.
    ///
    /// - Throws: `SystemError` for a file of traces that can't be opened.
    package func exporter(
        _ attributes: Attributes,
        on group: EventLoopGroup
    ) throws(SystemError) -> BatchSpanExporter? {
        // What is wrong with them was said when the options were read.
        var problems: [String] = []
        let resource = resource(attributes, &problems)
        if let settings = otlp(&problems) {
            let transport = OTLPTransport(settings, resource: resource, client: HTTPClient(on: group))
            return BatchSpanExporter(to: transport, on: group)
        }
        guard let file else { return nil }
        let transport = try FileSpanTransport(path: file, resource: resource, pool: group.blocking)
        return BatchSpanExporter(to: transport, on: group)
    }

    /// What begins spans, for what sends them.
    package func tracer(_ exporter: BatchSpanExporter?) -> Tracer {
        guard let exporter else { return .disabled }
        return Tracer(
            sampler: Sampler(ratio: ratio),
            keeper: keepsTail && ratio < 1 ? TailKeeper() : nil,
            sink: exporter
        )
    }

    /// Where traces are sent; nil for nowhere.
    func otlp(_ problems: inout [String]) -> OTLPSettings? {
        guard let endpoint else { return nil }
        var environment = ["OTEL_EXPORTER_OTLP_ENDPOINT": endpoint]
        environment["OTEL_EXPORTER_OTLP_HEADERS"] = headers?.reveal()
        environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = encoding
        environment["OTEL_EXPORTER_OTLP_TIMEOUT"] = timeout
        return OTLPSettings(environment: environment, problems: &problems)
    }

    /// What traces say of the process.
    func resource(_ defaults: Attributes, _ problems: inout [String]) -> OTLPResource {
        var environment: [String: String] = [:]
        environment["OTEL_SERVICE_NAME"] = serviceName
        environment["OTEL_RESOURCE_ATTRIBUTES"] = resource
        return OTLPResource(environment: environment, defaults: defaults, problems: &problems)
    }
}
