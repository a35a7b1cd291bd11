import HTTP
import HTTPWire
import Testing
import VigieTesting

/// Answers that the gateway gives without the content: what stands in it is no request, and what stands behind it is one.
@Suite("smuggling by contents that nobody reads", .timeLimit(.minutes(1))) struct EarlyAnswerTests {
    private static let document = """
        {"rates": {"one": {"rate": "1/h", "burst": 1, "per": "route"}},
         "routes": [
          {"path": "/private", "service": "echo"},
          {"path": "/away", "auth": "open", "redirect": {"to": "/there"}},
          {"path": "/cors", "methods": ["POST"], "service": "echo", "auth": "open",
           "cors": {"origins": ["https://app.example.com"]}},
          {"path": "/limited", "service": "echo", "auth": "open", "rates": ["one"]},
          {"path": "/cached", "methods": ["GET"], "service": "echo", "auth": "open", "cache": true},
          {"path": "/canary", "service": "echo", "auth": "open"},
          {"path": "/smuggled", "service": "echo", "auth": "open"}
        ]}
        """

    private static let preflight =
        "Origin: https://app.example.com\r\nAccess-Control-Request-Method: POST\r\n"

    /// Start of the request, further fields, status.
    static let requests: [(String, String, Int)] = [
        ("POST /private", "", 401), ("POST /nowhere", "", 404), ("POST /admin", "", 404),
        ("POST /metrics", "", 405),
        ("GET /metrics", "", 200), ("GET /health", "", 200), ("POST /away", "", 308),
        ("OPTIONS /cors", preflight, 204),
        ("GET /cors", "", 405), ("POST /limited", "", 429), ("GET /cached", "", 200),
        ("POST /canary", "", 200),
    ]

    private static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    /// A content of requests, small enough to be read over, and one that is not.
    static let contents = [smuggled, String(repeating: smuggled, count: 10_000)]

    @Test(
        "nothing in it is executed, and what stands behind it is answered or the connection ended",
        arguments: contents
    )
    func unread(content: String) async throws {
        let framings = [
            "Content-Length: \(content.utf8.count)\r\n\r\n\(content)",
            "Transfer-Encoding: chunked\r\n\r\n\(String(content.utf8.count, radix: 16))\r\n\(content)\r\n0\r\n\r\n",
        ]
        try await SecurityStage.recording(Self.document) { gateway, upstream in
            _ = try await gateway.get("/limited")
            for (start, fields, status) in Self.requests {
                for framing in framings {
                    let client = try await RawClient.connect(to: gateway.address)
                    // The gateway may end the connection before all of it has gone.
                    try? await client.send("\(start) HTTP/1.1\r\nHost: a\r\n\(fields)\(framing)")
                    try? await client.send("GET /canary HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    let answers = try await client.answers()
                    client.close()
                    #expect(answers.first?.status == status, "\(start)")
                    #expect(
                        answers.count <= 2 && answers.dropFirst().allSatisfy { $0.text == "/canary" },
                        "\(start)"
                    )
                    if answers.count == 1 { #expect(answers[0].closes, "\(start)") }
                }
            }
            #expect(!upstream.record.targets.contains("/smuggled"))
            #expect(upstream.record.targets.contains("/canary"))
        }
    }
}
