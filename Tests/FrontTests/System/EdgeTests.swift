import Foundation
import HTTP
import JSON
import Reactor
import TestSupport
import Testing

@Suite(
    "the front before gateways",
    .enabled(if: Program.isWanted("nginx", "curl", "openssl")),
    .timeLimit(.minutes(3))
)
struct EdgeTests {
    @Test("TLS with the certificate of its own authority, HTTP/2, and a gateway's answer")
    func serves() async throws {
        try await FrontStage.run(gateways: 2) { stage in
            let answer = try await stage.ask("/api/x?a=1")
            #expect(answer.status == 200 && answer.version == "HTTP/2")
            #expect(try answer.json["target"]?.string == "/api/x?a=1")
            #expect(try await stage.ask("/api/x", ["--http1.1"]).version == "HTTP/1.1")
            for address in ["127.0.0.1", "[::1]"] where address == "127.0.0.1" {
                let answer = try await CurlAnswer.of(
                    ["--cacert", stage.authority, "https://\(address):\(stage.httpsPort)/api/x"]
                )
                #expect(answer.status == 200)
            }
            let old = try await Program.run(
                "curl",
                [
                    "-sS", "--tls-max", "1.1", "--cacert", stage.authority,
                    "https://localhost:\(stage.httpsPort)/api/x",
                ]
            )
            #expect(old.exit != .exited(0))
            for version in ["1.2", "1.3"] {
                #expect(
                    try await stage.ask("/api/x", ["--tlsv\(version)", "--tls-max", version]).status == 200
                )
            }
        }
    }

    @Test("plain HTTP is redirected with its path and query, and answers health and ACME itself")
    func plain() async throws {
        try await FrontStage.run { stage in
            let redirect = try await stage.askPlain("/api/x?a=b%20c", ["-X", "POST"])
            #expect(redirect.status == 308)
            #expect(redirect["location"] == "https://localhost:\(stage.httpsPort)/api/x?a=b%20c")
            #expect(try await stage.askPlain("/health").text == #"{"status":"pass"}"#)
            let folder = "\(stage.folder.path)/front/acme/.well-known/acme-challenge"
            try "token".write(toFile: "\(folder)/abc", atomically: true, encoding: .utf8)
            #expect(try await stage.askPlain("/.well-known/acme-challenge/abc").text == "token")
            #expect(try await stage.askPlain("/.well-known/acme-challenge/none").status == 404)
            #expect(try await stage.ask("/health").text == #"{"status":"pass"}"#)
            #expect(stage.gateways[0].requests == 0)
        }
    }

    private static let hidden = [
        "/metrics", "/metrics/", "/health/live", "/healthz", "/admin", "/admin/routes", "/admin-tools",
        "//metrics",
        "/api/../metrics", "/api/%2e%2e/metrics", "/api/.%2E/metrics", "/%6detrics", "/%6Detrics",
        "/api/x/../../admin",
        "/api/auth/..%2f..%2fmetrics", "/./metrics", "/api/..//metrics", "/.front/problem/404",
        "/metrics?x=1",
        "/api%2f..%2fmetrics",
    ]

    @Test("what is nobody's business is never passed on, however it is spelt")
    func hidden() async throws {
        // With all passed on that may be.
        try await FrontStage.run(#"{"locations": [{"path": "/"}]}"#) { stage in
            for path in Self.hidden {
                let answer = try await stage.ask(path)
                #expect(answer.status == 404, "\(path)")
                #expect(try answer.json["reason"]?.string == "not_found", "\(path)")
            }
            #expect(stage.gateways[0].requests == 0)
            #expect(try await stage.ask("/anything").status == 200)
        }
    }

    @Test("what the client says of itself is not believed; what the front says is said once")
    func forwarded() async throws {
        try await FrontStage.run { stage in
            let lies = [
                "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: http", "X-Forwarded-Host: evil",
                "Forwarded: for=1.2.3.4",
                "X-Auth-Subject: admin", "X-Auth-Roles: admin", "X-Auth-Scopes: all", "X-Real-IP: 1.2.3.4",
                "X-Forwarded-Port: 1", "Proxy: evil", "X_Auth_Subject: admin", "X-Original-URL: /admin",
            ]
            let answer = try await stage.ask("/api/x", lies.flatMap { ["-H", $0] })
            guard case .array(let list) = try answer.json["fields"] else { throw NeverCame(what: "fields") }
            let fields = list.compactMap(\.string)
            for field in [
                "x-forwarded-for: 127.0.0.1", "x-forwarded-proto: https",
                "x-forwarded-host: localhost:\(stage.httpsPort)",
                "host: localhost:\(stage.httpsPort)",
            ] {
                #expect(fields.contains(field), "\(fields)")
            }
            #expect(
                !fields.contains { $0.contains("1.2.3.4") || $0.contains("evil") || $0.contains("admin") },
                "\(fields)"
            )
            #expect(fields.filter { $0.hasPrefix("x-forwarded-for") }.count == 1)
        }
    }

    private static let traces: [(String?, String?)] = [
        (nil, nil),
        (
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
            "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"
        ),
        (
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what",
            "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"
        ),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what", nil),
        ("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", nil),
        ("00-00000000000000000000000000000000-b7ad6b7169203331-01", nil),
        ("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", nil),
        ("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", nil), ("nonsense", nil),
    ]

    @Test(
        "a trace begins at the edge, or goes on with a client's; whether it is recorded is the front's to say"
    )
    func traces() async throws {
        try await FrontStage.run { stage in
            for (given, kept) in Self.traces {
                let fields = given.map { ["-H", "traceparent: \($0)", "-H", "tracestate: a=b"] } ?? []
                let answer = try await stage.ask("/api/x", fields)
                guard case .array(let list) = try answer.json["fields"] else {
                    throw NeverCame(what: "fields")
                }
                let sent = list.compactMap(\.string)
                let parent = try #require(sent.first { $0.hasPrefix("traceparent: ") }?.dropFirst(13))
                #expect(parent.wholeMatch(of: /00-[0-9a-f]{32}-[0-9a-f]{16}-01/) != nil, "\(parent)")
                if let kept { #expect(parent == "00-\(kept)-01") }
                if kept == nil, let given = given?.lowercased() {
                    #expect(
                        !parent.split(separator: "-").dropLast().dropFirst().contains { given.contains($0) }
                    )
                }
                #expect(sent.contains("tracestate: a=b") == (kept != nil), "\(String(describing: given))")
                #expect(answer["traceresponse"] == String(parent))
            }
        }
    }

    @Test("a request's id is made, or a client's is kept when it is well formed")
    func requestIDs() async throws {
        try await FrontStage.run { stage in
            let made = try #require(try await stage.ask("/api/x")["x-request-id"])
            #expect(made.wholeMatch(of: /[0-9a-f]{32}/) != nil)
            #expect(
                try await stage.ask("/api/x", ["-H", "X-Request-Id: order-7.a_b"])["x-request-id"]
                    == "order-7.a_b"
            )
            for bad in ["a b", "a\"b", "a;b", String(repeating: "a", count: 129)] {
                let id = try await stage.ask("/api/x", ["-H", "X-Request-Id: \(bad)"])["x-request-id"]
                #expect(id?.wholeMatch(of: /[0-9a-f]{32}/) != nil, "\(bad)")
            }
        }
    }

    @Test("more than allowed is 429 with when to come again and by which rule")
    func limits() async throws {
        let document = """
            {"zones": {"auth": {"rate": "5/min", "burst": 2}}, "locations": [{"path": "/api/auth", "zone": "auth"},
             {"path": "/api"}]}
            """
        try await FrontStage.run(document) { stage in
            for _ in 0..<3 { #expect(try await stage.ask("/api/auth/login", ["-X", "POST"]).status == 200) }
            let refused = try await stage.ask("/api/auth/login", ["-X", "POST"])
            #expect(refused.status == 429 && refused["content-type"] == "application/problem+json")
            #expect(refused["retry-after"] == "12" && refused["ratelimit-policy"] == #""auth";q=5;w=60"#)
            let problem = try refused.json
            #expect(problem["reason"]?.string == "rate_limited" && problem["retryable"]?.bool == true)
            #expect(problem["traceId"]?.string?.count == 32)
            // Another spelling is the same place.
            #expect(try await stage.ask("/api//auth/./login", ["-X", "POST"]).status == 429)
            #expect(try await stage.ask("/api/other").status == 200)
            // The method that was refused is told, not the one of nginx's own detour.
            let last = try #require(try stage.logLines().last { $0["status"]?.integer == 429 })
            #expect(last["method"]?.string == "POST" && last["zone"]?.string == "auth")
            #expect(last["limit"]?.string == "REJECTED")
            try await eventually("the refusals in the metrics") {
                try await stage.metric("front_refused_total", "rate_limited") == 2
            }
            // A gateway's own refusal stays as it is.
            stage.gateways[0].answers { _ in
                HTTPResponse(429, fields: ["retry-after": "77"], body: HTTPBody("gateway's"))
            }
            let own = try await stage.ask("/api/other")
            #expect(own.status == 429 && own.values("retry-after") == ["77"] && own.text == "gateway's")
            #expect(own["ratelimit-policy"] == nil)
        }
    }

    @Test("too many connections of one client are 429, too")
    func connections() async throws {
        try await FrontStage.run(#"{"connections": 1, "locations": [{"path": "/api"}]}"#) { stage in
            let latch = Latch()
            stage.gateways[0].answers { _ in
                await latch.wait()
                return HTTPResponse(.ok)
            }
            async let first = stage.ask("/api/slow")
            try await eventually("the first request") { stage.gateways[0].requests == 1 }
            let refused = try await stage.ask("/api/x")
            latch.open()
            #expect(refused.status == 429 && refused["retry-after"] == "1")
            #expect(refused["ratelimit-policy"] == #""connections";q=1;qu="concurrent-requests""#)
            #expect(try await first.status == 200)
            try await eventually("the refusal in the metrics") {
                try await stage.metric("front_refused_total", "connection_limited") == 1
            }
        }
    }
}

extension JSONValue {
    /// A whole number; nil for other values.
    var integer: Int64? { number?.int64 }
}
