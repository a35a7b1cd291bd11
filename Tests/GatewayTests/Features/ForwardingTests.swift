import HTTP
import HTTPWire
import JSON
import Reactor
import Telemetry
import TestSupport
import Testing
import VigieTesting

@Suite("G24 G28 H24 H25: what passes", .timeLimit(.minutes(2))) struct ForwardingTests {
    private static let document = #"{"routes": [{"path": "/{rest...}", "service": "echo", "auth": "open"}]}"#

    /// The fields that the upstream got of a request.
    private static func passed(
        _ stage: GatewayStage,
        _ fields: HTTPFields,
        _ method: HTTPMethod = .get
    ) async throws -> HTTPFields {
        for upstream in stage.upstreams { upstream.forget() }
        let answer = try await stage.gateway.send(method, "/a", fields: fields)
        #expect(answer.status == 200)
        return try #require(stage.requests.first).fields
    }

    @Test("G24: X-Forwarded-* of somebody who is not believed are replaced")
    func untrusted() async throws {
        try await GatewayStage.run(Self.document) { stage in
            let sent: HTTPFields = [
                "x-forwarded-for": "10.9.8.7", "x-forwarded-proto": "https",
                "x-forwarded-host": "evil.example",
                "x-forwarded-port": "1", "forwarded": "for=10.9.8.7", "x-real-ip": "10.9.8.7",
            ]
            let got = try await Self.passed(stage, sent)
            #expect(got["x-forwarded-for"] == "127.0.0.1" && got.values(of: "x-forwarded-for").count == 1)
            #expect(got["x-forwarded-proto"] == "http")
            #expect(got["x-forwarded-host"] == got["host"])
            #expect(
                !got.contains("x-forwarded-port") && !got.contains("forwarded") && !got.contains("x-real-ip")
            )
            #expect(got["via"] == "1.1 vigie")
        }
    }

    @Test("G24: those of a trusted proxy are passed on, with the proxy's own address behind them")
    func trusted() async throws {
        try await GatewayStage.run(Self.document, settings: ["gateway.trusted-proxies": "127.0.0.0/8"]) {
            stage in
            let sent: HTTPFields = [
                "x-forwarded-for": "198.51.100.7, 203.0.113.9", "x-forwarded-proto": "https",
                "x-forwarded-host": "shop.example.com",
            ]
            let got = try await Self.passed(stage, sent)
            #expect(got["x-forwarded-for"] == "198.51.100.7, 203.0.113.9, 127.0.0.1")
            #expect(got["x-forwarded-proto"] == "https" && got["x-forwarded-host"] == "shop.example.com")
        }
    }

    @Test("H24: fields that are the gateway's own can't be named away")
    func hopByHop() async throws {
        try await GatewayStage.run(Self.document) { stage in
            let client = try await RawClient.connect(to: stage.gateway.address)
            let answer = try await client.exchange(
                """
                GET /a HTTP/1.1\r
                Host: a\r
                Connection: x-mine, host, authorization, traceparent, x-request-id, x-forwarded-for, via\r
                X-Mine: 1\r
                TE: trailers\r
                Keep-Alive: timeout=5\r
                Proxy-Connection: close\r
                Authorization: Bearer x\r
                Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r
                X-Auth-Subject: root\r
                X-AUTH-anything: 1\r
                X-API-Key: k\r
                \r

                """
            )
            client.close()
            #expect(answer.status == 200)
            let got = try #require(stage.requests.first).fields
            #expect(!got.contains("x-mine") && !got.contains("te") && !got.contains("keep-alive"))
            #expect(!got.contains("connection") && !got.contains("proxy-connection"))
            #expect(
                !got.contains("x-auth-subject") && !got.contains("x-auth-anything")
                    && !got.contains("x-api-key")
            )
            #expect(got["authorization"] == "Bearer x" && got["host"] == "a" && got["via"] == "1.1 vigie")
            #expect(got["traceparent"]?.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-") == true)
            #expect(got["x-forwarded-for"] == "127.0.0.1" && got["x-request-id"] != nil)
        }
    }

    @Test("H25: a request id is taken where it is one, else made; the client gets it back")
    func requestID() async throws {
        try await GatewayStage.run(Self.document) { stage in
            let good = try await stage.gateway.send(.get, "/a", fields: ["x-request-id": "abc-123"])
            #expect(good.fields["x-request-id"] == "abc-123")
            for bad in [String(repeating: "a", count: 10_240), "a\"b", "a b"] {
                let answer = try await stage.gateway.send(.get, "/a", fields: ["x-request-id": bad])
                let id = try #require(answer.fields["x-request-id"])
                #expect(id != bad && id.utf8.count == 36)
            }
            #expect(stage.requests.allSatisfy { $0.fields.values(of: "x-request-id").count == 1 })
        }
    }

    @Test(
        "an answer loses what is for this hop alone, and browsers are protected where the service says nothing"
    )
    func answers() async throws {
        try await GatewayStage.run(Self.document) { stage in
            stage.allAnswer { _ in
                HTTPResponse(
                    .ok,
                    fields: ["te": "x", "x-kept": "2", "x-frame-options": "SAMEORIGIN", "x-trace-keep": "1"],
                    body: HTTPBody("ok")
                )
            }
            let answer = try await stage.gateway.get("/a")
            #expect(!answer.fields.contains("te") && answer.fields["x-kept"] == "2")
            #expect(answer.fields["x-frame-options"] == "SAMEORIGIN")
            #expect(answer.fields.values(of: "x-frame-options").count == 1)
            #expect(answer.fields["x-content-type-options"] == "nosniff")
            #expect(answer.fields["traceresponse"]?.hasPrefix("00-") == true)
        }
    }

    @Test("content streams both ways, piece by piece")
    func streams() async throws {
        try await GatewayStage.run(Self.document) { stage in
            stage.allAnswer { HTTPResponse(.ok, body: $0.body) }
            let piece = [UInt8](repeating: 7, count: 100_000)
            let pieces = AsyncStream<[UInt8]> { continuation in
                for _ in 0..<8 { continuation.yield(piece) }
                continuation.finish()
            }
            let echoed = try await stage.gateway.send(
                HTTPRequest(.post, "/echo", body: HTTPBody(pieces, length: 800_000))
            )
            #expect(echoed.status == 200 && echoed.content.count == 800_000)
            #expect(echoed.content.allSatisfy { $0 == 7 })
        }
    }

    @Test("G21: an event stream passes event by event, and longer than any answer may take")
    func events() async throws {
        let document =
            #"{"routes": [{"path": "/events", "service": "echo", "auth": "open", "timeout": "200ms"}]}"#
        try await GatewayStage.run(document) { stage in
            let (events, source) = AsyncStream<[UInt8]>.makeStream(bufferingPolicy: .bufferingOldest(16))
            stage.allAnswer { _ in
                HTTPResponse(.ok, fields: [.contentType: "text/event-stream"], body: HTTPBody(events))
            }
            source.yield(Array("data: 0\n\n".utf8))
            let response = try await stage.gateway.client.send(
                HTTPRequest(.get, "/events"),
                to: HTTPDestination(stage.gateway.address)
            )
            var pieces = response.body.makeAsyncIterator()
            let loop = try TestLoops.one.loops[0]
            for number in 0..<4 {
                let piece = try #require(try await pieces.next())
                #expect(String(decoding: piece, as: UTF8.self) == "data: \(number)\n\n")
                // Beyond the time of the answer's head.
                try await loop.sleep(for: .milliseconds(80))
                source.yield(Array("data: \(number + 1)\n\n".utf8))
            }
            source.finish()
        }
    }

    @Test("G28: the access log names who answered, in how many attempts, and the gateway's own time")
    func accessLog() async throws {
        try await GatewayStage.run(Self.document) { stage in
            _ = try await stage.gateway.get("/a")
            try await eventually("its line") { !stage.gateway.logLines(#""msg":"request""#).isEmpty }
            let line = try #require(stage.gateway.logLines(#""msg":"request""#).first)
            let record = try JSONText.decode(JSONValue.self, from: Array(line.utf8))
            #expect(record["attempts"]?.number == JSONNumber(1))
            let addresses = stage.upstreams.map { "\($0.address)" }
            #expect(addresses.contains(record["upstream"]?.string ?? ""), "\(line)")
            #expect(record["overhead_us"]?.number != nil && record["trace_id"]?.string?.utf8.count == 32)
            #expect(record["route"]?.string == "/{rest...}")
            #expect(stage.gateway.metric("gateway_overhead_seconds") == 1)
            // One SERVER span and one CLIENT span below it.
            let server = try #require(stage.gateway.span(named: "GET /{rest...}"))
            #expect(stage.gateway.children(of: server).map(\.kind) == [.client])
        }
    }

    @Test("a preflight is answered by the route that it asks for, whatever other one takes OPTIONS")
    func preflightOfRoute() async throws {
        let cors = #""cors": {"origins": ["https://app.example.com"], "credentials": true}"#
        let document = """
            {"routes": [
              {"path": "/let", "methods": ["PUT"], "service": "echo", \(cors)},
              {"path": "/own", "methods": ["DELETE"], "service": "echo", "auth": "open"},
              {"path": "/all/{rest...}", "service": "echo", "auth": "open", \(cors)},
              {"path": "/all/own", "methods": ["DELETE"], "service": "echo"},
              {"path": "/{rest...}", "service": "echo"}
            ]}
            """
        try await GatewayStage.run(document) { stage in
            let cases = [
                ("/let", "PUT", 204), ("/let", "GET", 401), ("/own", "DELETE", 401),
                ("/all/x", "DELETE", 204), ("/all/own", "PUT", 204),
            ]
            for (path, method, status) in cases {
                let answer = try await stage.gateway.send(
                    .options,
                    path,
                    fields: ["origin": "https://app.example.com", "access-control-request-method": method]
                )
                #expect(answer.status == status, "\(path) \(method)")
                let isAllowed = answer.fields.contains("access-control-allow-methods")
                #expect(isAllowed == (status == 204), "\(path) \(method)")
            }
            #expect(stage.requests.isEmpty)
            // What the route of the method does not allow, another one's policy does not.
            let answer = try await stage.gateway.send(
                .options,
                "/all/own",
                fields: ["origin": "https://app.example.com", "access-control-request-method": "DELETE"]
            )
            #expect(!answer.fields.contains("access-control-allow-methods"))
        }
    }

    @Test("a service's own word about other origins counts for none of them")
    func corsOfService() async throws {
        let document = """
            {"routes": [{"path": "/a", "service": "echo", "auth": "open",
              "cors": {"origins": ["https://app.example.com"]}}]}
            """
        try await GatewayStage.run(document) { stage in
            stage.allAnswer { request in
                let fields: HTTPFields = [
                    "access-control-allow-origin": request.head.fields["origin"] ?? "*",
                    "access-control-allow-credentials": "true",
                ]
                return HTTPResponse(.ok, fields: fields)
            }
            for (origin, allowed) in [
                ("https://app.example.com", "https://app.example.com"), ("https://evil.example", nil),
                (nil, nil),
            ] as [(String?, String?)] {
                let fields: HTTPFields = origin.map { ["origin": $0] } ?? [:]
                let answer = try await stage.gateway.send(.get, "/a", fields: fields)
                #expect(answer.fields["access-control-allow-origin"] == allowed)
                #expect(!answer.fields.contains("access-control-allow-credentials"))
            }
        }
    }

    @Test("pages of other origins are let in as the route says")
    func cors() async throws {
        let document = """
            {"routes": [{"path": "/a", "methods": ["GET", "PUT"], "service": "echo", "auth": "open",
              "cors": {"origins": ["https://app.example.com"], "headers": ["x-mine"], "exposed": ["etag"],
                       "credentials": true, "maxAge": "5m"}}]}
            """
        try await GatewayStage.run(document) { stage in
            let asked: HTTPFields = [
                "origin": "https://app.example.com", "access-control-request-method": "PUT",
            ]
            let preflight = try await stage.gateway.send(.options, "/a", fields: asked)
            #expect(preflight.status == 204)
            #expect(preflight.fields["access-control-allow-origin"] == "https://app.example.com")
            #expect(preflight.fields["access-control-allow-methods"] == "GET, PUT")
            #expect(preflight.fields["access-control-allow-headers"] == "x-mine")
            #expect(preflight.fields["access-control-max-age"] == "300")
            let stranger: HTTPFields = [
                "origin": "https://evil.example", "access-control-request-method": "PUT",
            ]
            let refused = try await stage.gateway.send(.options, "/a", fields: stranger)
            #expect(!refused.fields.contains("access-control-allow-origin"))
            #expect(stage.requests.isEmpty)
            let answer = try await stage.gateway.send(
                .get,
                "/a",
                fields: ["origin": "https://app.example.com"]
            )
            #expect(answer.fields["access-control-allow-origin"] == "https://app.example.com")
            #expect(answer.fields["access-control-allow-credentials"] == "true")
            #expect(
                answer.fields["vary"] == "origin" && answer.fields["access-control-expose-headers"] == "etag"
            )
        }
    }
}
