public import HTTP

/// Where spans go and how, as OpenTelemetry's environment variables say ("OpenTelemetry Protocol Exporter").
public struct OTLPSettings: Sendable, Hashable {
    /// How a batch is written.
    public enum Encoding: String, Sendable, Hashable {
        /// `http/protobuf`, the default.
        case protobuf = "http/protobuf"
        /// `http/json`.
        case json = "http/json"
    }

    /// The collector's host. Default `localhost`.
    public var host = "localhost"
    /// The collector's port. Default 4318.
    public var port: UInt16 = 4318
    /// The path. Default `/v1/traces`.
    public var path = OTLPSettings.tracesPath
    /// `OTEL_EXPORTER_OTLP_PROTOCOL`. Default `http/protobuf`.
    public var encoding = Encoding.protobuf
    /// `OTEL_EXPORTER_OTLP_HEADERS`, sent with each batch; may hold secrets.
    public var headers: [Header] = []
    /// `OTEL_EXPORTER_OTLP_TIMEOUT`, milliseconds, for one attempt. Default 10 s.
    public var timeout = Duration.seconds(10)

    /// A name and a value.
    public struct Header: Sendable, Hashable {
        /// The name, in lower case.
        public let name: HTTPFieldName
        /// The value.
        public let value: String
    }

    /// Takes the defaults.
    public init() {}

    private static let tracesPath = "/v1/traces"
    private static let prefix = "OTEL_EXPORTER_OTLP_"

    /// Reads `OTEL_EXPORTER_OTLP_{ENDPOINT,HEADERS,PROTOCOL,TIMEOUT}`; the same with `TRACES_` in front of the last word
    /// win, and their endpoint is taken as it is. Bad values are added to `problems`, and the default stays.
    public init(environment: [String: String], problems: inout [String]) {
        if let (name, text) = Self.value("ENDPOINT", environment) { readEndpoint(text, name, &problems) }
        if let (name, text) = Self.value("HEADERS", environment) { readHeaders(text, name, &problems) }
        if let (name, text) = Self.value("PROTOCOL", environment) {
            if let known = Encoding(rawValue: text) {
                encoding = known
            } else {
                problems.append("\(name)=\(text): not http/protobuf or http/json")
            }
        }
        if let (name, text) = Self.value("TIMEOUT", environment) {
            if let milliseconds = Int64(text), (1...3_600_000).contains(milliseconds) {
                timeout = .milliseconds(milliseconds)
            } else {
                problems.append("\(name)=\(text): not 1-3600000 milliseconds")
            }
        }
    }

    /// The value that counts and its variable's name; an empty one is as none.
    private static func value(
        _ word: String,
        _ environment: [String: String]
    ) -> (name: String, text: String)? {
        for name in [prefix + "TRACES_" + word, prefix + word] {
            if let text = environment[name], !text.isEmpty { return (name, text) }
        }
        return nil
    }

    private mutating func readEndpoint(_ text: String, _ name: String, _ problems: inout [String]) {
        guard let endpoint = HTTPEndpoint(text) else {
            return problems.append("\(name)=\(text): not http://HOST[:PORT][/PATH] (https is not supported)")
        }
        (host, port, path) = (endpoint.host, endpoint.port, endpoint.path)
        guard name == Self.prefix + "ENDPOINT" else { return }
        if path.hasSuffix("/") { path.removeLast() }
        path += Self.tracesPath
    }

    private mutating func readHeaders(_ text: String, _ name: String, _ problems: inout [String]) {
        for (key, value) in Self.pairs(text, name, &problems) {
            if let field = HTTPFieldName(key) {
                headers.append(Header(name: field, value: value))
            } else {
                problems.append("\(name): \(key) is no header name")
            }
        }
    }

    /// Reads `key=value,…`; values are percent-decoded.
    static func pairs(
        _ text: String,
        _ name: String,
        _ problems: inout [String]
    ) -> [(key: String, value: String)] {
        var pairs: [(String, String)] = []
        for part in text.split(separator: ",") {
            let span = Array(part.utf8).span
            let whole = ByteText.trimmed(span, 0..<span.count)
            guard !whole.isEmpty else { continue }
            let equals = ByteText.end(before: UInt8(ascii: "="), in: span, whole)
            let key = ByteText.trimmed(span, whole.lowerBound..<equals)
            guard !key.isEmpty, equals < whole.upperBound else {
                problems.append("\(name): an entry is not KEY=VALUE")
                continue
            }
            let value = ByteText.trimmed(span, (equals + 1)..<whole.upperBound)
            pairs.append((ByteText.string(span, key), PercentCoding.decode(span, value)))
        }
        return pairs
    }
}
