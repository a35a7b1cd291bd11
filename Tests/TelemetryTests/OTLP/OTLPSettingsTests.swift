import HTTP
import Testing

@testable import Telemetry

@Suite("OTLP settings") struct OTLPSettingsTests {
    static func read(_ environment: [String: String]) -> (OTLPSettings, [String]) {
        var problems: [String] = []
        return (OTLPSettings(environment: environment, problems: &problems), problems)
    }

    static let endpoints: [(String, String, UInt16, String)] = [
        ("http://collector:4318", "collector", 4318, "/v1/traces"),
        ("http://collector", "collector", 80, "/v1/traces"),
        ("http://collector:4318/", "collector", 4318, "/v1/traces"),
        ("HTTP://collector:4318/otlp/", "collector", 4318, "/otlp/v1/traces"),
        ("http://[::1]:9", "::1", 9, "/v1/traces"),
        ("http://[::1]", "::1", 80, "/v1/traces"),
    ]

    @Test("a base endpoint gets the signal's path", arguments: endpoints)
    func base(url: String, host: String, port: UInt16, path: String) {
        let (settings, problems) = Self.read(["OTEL_EXPORTER_OTLP_ENDPOINT": url])
        #expect(settings.host == host && settings.port == port && settings.path == path && problems.isEmpty)
    }

    @Test("an endpoint for traces is taken as it is and wins")
    func traces() {
        let (settings, _) = Self.read([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://b/x",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "250",
        ])
        #expect(settings.host == "b" && settings.path == "/x" && settings.timeout == .milliseconds(250))
    }

    @Test(
        "a bad value is named and the default stays",
        arguments: [
            ("ENDPOINT", "https://a"), ("ENDPOINT", "a:4318"), ("ENDPOINT", "http://"),
            ("ENDPOINT", "http://a:0"),
            ("ENDPOINT", "http://a:70000"), ("ENDPOINT", "http://u:p@a"), ("ENDPOINT", "http://a/?q"),
            ("ENDPOINT", "http://:80"), ("PROTOCOL", "grpc"), ("TIMEOUT", "0"), ("TIMEOUT", "1s"),
            ("HEADERS", "a"),
            ("HEADERS", "=b"), ("HEADERS", "a b=c"),
        ]
    )
    func bad(word: String, text: String) {
        let (settings, problems) = Self.read(["OTEL_EXPORTER_OTLP_\(word)": text])
        #expect(settings == OTLPSettings() && problems.count == 1)
        #expect(problems.first?.contains("OTEL_EXPORTER_OTLP_\(word)") == true)
    }

    @Test("headers are pairs with percent-encoded values; the protocol is one of two")
    func others() {
        let (settings, problems) = Self.read([
            "OTEL_EXPORTER_OTLP_HEADERS": "api-key=a%20b, Other = x=y ,",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
        ])
        #expect(settings.headers.map(\.name) == ["api-key", "other"])
        #expect(
            settings.headers.map(\.value) == ["a b", "x=y"] && settings.encoding == .json && problems.isEmpty
        )
    }

    @Test("the resource is defaults, then OTEL_RESOURCE_ATTRIBUTES, then OTEL_SERVICE_NAME")
    func resource() {
        var problems: [String] = []
        let resource = OTLPResource(
            environment: [
                "OTEL_RESOURCE_ATTRIBUTES": "service.name=a,deployment.environment=b%2Cc,broken",
                "OTEL_SERVICE_NAME": "named",
            ],
            defaults: [.serviceName: "notes", .serviceVersion: "1"],
            problems: &problems
        )
        #expect(resource.attributes[.serviceName] == "named" && resource.attributes[.serviceVersion] == "1")
        #expect(resource.attributes["deployment.environment"] == "b,c")
        #expect(resource.attributes[.telemetrySDKLanguage] == "swift" && problems.count == 1)
    }

    static let answers: [(HTTPStatus, HTTPFields, [UInt8], SpanDelivery)] = [
        (200, [:], [], .accepted(rejected: 0)),
        (202, [:], [], .accepted(rejected: 0)),
        (200, [:], [0x0a, 0x02, 0x08, 0x05], .accepted(rejected: 5)),
        (200, [:], [0x0a, 0x03, 0x08, 0x80, 0x02], .accepted(rejected: 256)),
        (200, [:], [0x0a], .accepted(rejected: 0)),
        (200, [:], [0x0a, 0x02, 0x08], .accepted(rejected: 0)),
        (
            200, [:], [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            .accepted(rejected: 0)
        ),
        (
            200, ["content-type": "application/json"],
            Array("{\"partialSuccess\":{\"rejectedSpans\": \"7\"}}".utf8),
            .accepted(rejected: 7)
        ),
        (200, ["content-type": "application/json"], Array("{}".utf8), .accepted(rejected: 0)),
        (429, ["retry-after": "3"], [], .retry(after: .seconds(3), reason: "429 Too Many Requests")),
        (503, [:], [], .retry(after: nil, reason: "503 Service Unavailable")),
        (502, ["retry-after": "soon"], [], .retry(after: nil, reason: "502 Bad Gateway")),
        (504, ["retry-after": "-3"], [], .retry(after: .zero, reason: "504 Gateway Timeout")),
        (400, [:], [], .failed(reason: "400 Bad Request")),
        (500, [:], [], .failed(reason: "500 Internal Server Error")),
        (301, [:], [], .failed(reason: "301 Moved Permanently")),
    ]

    @Test("what an answer means", arguments: answers)
    func answer(status: HTTPStatus, fields: HTTPFields, content: [UInt8], expected: SpanDelivery) {
        #expect(OTLPAnswer.delivery(HTTPResponseHead(status, fields: fields), content) == expected)
    }
}
