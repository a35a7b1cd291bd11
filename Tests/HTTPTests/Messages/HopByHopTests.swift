import HTTP
import HTTPWire
import Reactor
import Testing

@Suite("fields that go no further (RFC 9110 §7.6.1, hostile input H24)", .timeLimit(.minutes(1)))
struct HopByHopTests {
    /// What the client sends, and which of these names the server behind a proxy still sees.
    static let cases: [(fields: HTTPFields, kept: [String])] = [
        ([.connection: "close", "x-a": "1"], ["x-a"]),
        ([.connection: "x-a", "x-a": "1", "x-b": "2"], ["x-b"]),
        ([.connection: "X-A , keep-alive", .connection: "x-b", "x-a": "1", "x-b": "2", "x-c": "3"], ["x-c"]),
        ([.te: "trailers", .keepAlive: "timeout=5", .proxyConnection: "keep-alive", "x-a": "1"], ["x-a"]),
        (
            [
                .connection: "Host, Authorization, traceparent", .authorization: "Bearer t",
                "traceparent": "00",
            ],
            [
                "authorization", "traceparent",
            ]
        ),
        (
            [
                .connection: "X-Auth-Subject, x-auth-roles, x-auth-scopes", "x-auth-subject": "a",
                "x-auth-roles": "b", "x-auth-scopes": "c",
            ],
            ["x-auth-subject", "x-auth-roles", "x-auth-scopes"]
        ),
        ([.connection: ",, ,", "x-a": "1"], ["x-a"]),
        ([.connection: "\"x-a\"", "x-a": "1"], ["x-a"]),
    ]

    @Test(
        "a proxy passes on what belongs to the message, and nothing that belongs to the connection",
        arguments: cases
    )
    func passes(fields: HTTPFields, kept: [String]) async throws {
        let client = HTTPClient(on: try TestServer.group)
        let names: HTTPHandler = { request in
            HTTPResponse(
                .ok,
                body: HTTPBody(
                    request.head.fields.all.map { String(decoding: $0.name, as: UTF8.self) }
                        .joined(separator: "\n").lowercased()
                )
            )
        }
        try await TestServer.run(handler: names) { origin in
            let proxy: HTTPHandler = { request in
                var request = request
                request.head.fields.removeHopByHop()
                return try await client.send(request, to: HTTPDestination(origin.address))
            }
            try await TestServer.run(handler: proxy) { server in
                let lines = fields.all.map {
                    "\(String(decoding: $0.name, as: UTF8.self)): \(String(decoding: $0.value, as: UTF8.self))\r\n"
                }
                let raw = try await RawClient.connect(to: server.address)
                let answer = try await raw.exchange("GET / HTTP/1.1\r\nHost: a\r\n\(lines.joined())\r\n")
                #expect(answer.status == 200)
                let seen = String(decoding: answer.body, as: UTF8.self).split(separator: "\n").map(
                    String.init
                )
                #expect(seen.sorted() == (kept + ["host"]).sorted())
                raw.close()
            }
            await client.close()
        }
    }
}
