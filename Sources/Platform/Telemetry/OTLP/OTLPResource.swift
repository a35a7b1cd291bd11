/// The process that spans come from (OpenTelemetry resource), with the attributes that say so.
public struct OTLPResource: Sendable, Hashable {
    /// The attributes: `service.name` and the like.
    public let attributes: Attributes

    /// Takes attributes and adds what names this library.
    public init(_ attributes: Attributes) {
        var all = attributes
        all[.telemetrySDKName] = "vigie"
        all[.telemetrySDKLanguage] = "swift"
        self.attributes = all
    }

    /// Reads `OTEL_RESOURCE_ATTRIBUTES` (`key=value,…`, percent-encoded) over `defaults`, and `OTEL_SERVICE_NAME`, which
    /// wins (OpenTelemetry, "Environment Variable Specification").
    public init(environment: [String: String], defaults: Attributes, problems: inout [String]) {
        var attributes = defaults
        let name = "OTEL_RESOURCE_ATTRIBUTES"
        for (key, value) in OTLPSettings.pairs(environment[name] ?? "", name, &problems) {
            attributes[AttributeKey(key)] = .string(value)
        }
        if let service = environment["OTEL_SERVICE_NAME"], !service.isEmpty {
            attributes[.serviceName] = .string(service)
        }
        self.init(attributes)
    }
}
