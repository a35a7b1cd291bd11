public import HTTP

/// Sends spans to a collector by OTLP over plain HTTP (OTLP specification, "OTLP/HTTP").
public struct OTLPTransport: SpanTransport {
    private let client: HTTPClient
    private let destination: HTTPDestination
    private let settings: OTLPSettings
    private let encoder: OTLPEncoder
    private let timeouts: HTTPTimeouts

    /// Sends through `client`.
    public init(_ settings: OTLPSettings, resource: OTLPResource, client: HTTPClient) {
        self.client = client
        self.settings = settings
        encoder = OTLPEncoder(resource: resource, encoding: settings.encoding)
        destination = HTTPDestination(host: settings.host, port: settings.port)
        var timeouts = HTTPTimeouts()
        (timeouts.attempt, timeouts.total) = (settings.timeout, settings.timeout)
        self.timeouts = timeouts
    }

    /// Writes a span's part of an `ExportTraceServiceRequest`.
    public func append(_ span: EndedSpan, _ clock: WallClock, to bytes: inout [UInt8]) {
        encoder.append(span, clock, to: &bytes)
    }

    /// The whole request.
    public func payload(of batch: SpanBatch) -> [UInt8] { encoder.request(of: batch) }

    /// Posts it.
    public func send(_ payload: [UInt8]) async -> SpanDelivery {
        do {
            let request = HTTPRequest(.post, settings.path, fields: fields, body: HTTPBody(payload))
            let response = try await client.send(request, to: destination, timeouts: timeouts)
            let content = try await response.body.collect(upTo: 1 << 16)
            return OTLPAnswer.delivery(response.head, content)
        } catch {
            return .retry(after: nil, reason: "\(destination): \(error)")
        }
    }

    private var fields: HTTPFields {
        var fields = HTTPFields()
        fields.append(
            .contentType,
            settings.encoding == .json ? "application/json" : "application/x-protobuf"
        )
        for header in settings.headers { fields.append(header.name, header.value) }
        return fields
    }
}
