import HTTP
import JSON
import TestSupport
import Testing
import VigieTesting

@Suite("G1 G2: routes", .timeLimit(.minutes(2))) struct RoutingTests {
    private static let document = """
        {"routes": [
          {"path": "/plain", "service": "echo", "auth": "open"},
          {"path": "/items/{id}", "methods": ["GET"], "service": "echo", "auth": "open"},
          {"path": "/items/{name}", "methods": ["DELETE"], "service": "echo", "auth": "open", "rewrite": "/gone/{name}"},
          {"path": "/items/new", "service": "echo", "auth": "open", "rewrite": "/literal"},
          {"path": "/api/{rest...}", "service": "echo", "auth": "open", "strip": "/api"},
          {"path": "/v", "service": "echo", "auth": "open", "rewrite": "/one"},
          {"path": "/v", "service": "echo", "auth": "open", "rewrite": "/two", "headers": {"x-version": "2"}},
          {"path": "/v", "service": "echo", "auth": "open", "rewrite": "/any", "headers": {"x-other": "*"}},
          {"path": "/v", "host": "a.example.com", "service": "echo", "auth": "open", "rewrite": "/host"},
          {"path": "/v", "host": "*.example.com", "service": "echo", "auth": "open", "rewrite": "/wild"},
          {"path": "/old/{id}", "auth": "open", "redirect": {"to": "https://example.com/new/{id}", "status": 301}},
          {"path": "/{rest...}", "methods": ["PATCH"], "service": "echo", "auth": "open", "rewrite": "/caught/{rest...}"}
        ]}
        """

    /// Method, target, fields of the request; target at the upstream.
    static let passed: [(HTTPMethod, String, HTTPFields, String)] = [
        (.get, "/plain", [:], "/plain"),
        (.head, "/plain", [:], "/plain"),
        (.get, "/plain?a=%2f&b", [:], "/plain?a=%2f&b"),
        (.get, "/items/7", [:], "/items/7"),
        (.get, "/items/a%2Fb", [:], "/items/a%2Fb"),
        (.get, "/x/../items/./7", [:], "/items/7"),
        (.get, "/%69tems/7", [:], "/items/7"),
        (.delete, "/items/7?x=1", [:], "/gone/7?x=1"),
        (.get, "/items/new", [:], "/literal"),
        (.get, "/api/a/b?c", [:], "/a/b?c"),
        (.get, "/v", [:], "/one"),
        (.get, "/v", ["x-version": "2"], "/two"),
        (.get, "/v", ["x-version": "3"], "/one"),
        (.get, "/v", ["x-other": "anything"], "/any"),
        (.get, "/v", ["host": "A.Example.com:80"], "/host"),
        (.get, "/v", ["host": "a.example.com."], "/host"),
        (.get, "/v", ["host": "b.example.com"], "/wild"),
        (.get, "/v", ["host": "example.com"], "/one"),
        (.get, "/plain", ["host": "a.example.com"], "/plain"),
        (.patch, "/what/ever", [:], "/caught/what/ever"),
        (.patch, "/items/7", [:], "/caught/items/7"),
    ]

    @Test("a request goes where its path, method, host and fields say, in one canonical form")
    func passes() async throws {
        try await GatewayStage.run(Self.document) { stage in
            for (method, target, fields, expected) in Self.passed {
                for upstream in stage.upstreams { upstream.forget() }
                let answer = try await stage.gateway.send(method, target, fields: fields)
                #expect(answer.status == 200, "\(method) \(target)")
                #expect(stage.requests.map(\.target) == [expected], "\(method) \(target) \(fields)")
                #expect(stage.requests.first?.method == method)
            }
        }
    }

    /// The request's target, `Location` of the service, `Location` at the client.
    static let places: [(String, String, String)] = [
        ("/api/a", "/a/7?x=1", "/api/a/7?x=1"),
        ("/api/a", "/", "/api/"),
        ("/api/a", "/apia", "/api/apia"),
        // One that knows where it is seen from.
        ("/api/a", "/api/a/7", "/api/a/7"),
        ("/api/a", "/api?x", "/api?x"),
        // References to be resolved by the client, and to elsewhere.
        ("/api/a", "7", "7"),
        ("/api/a", "?x", "?x"),
        ("/api/a", "//example.com/a", "//example.com/a"),
        ("/api/a", "https://example.com/a", "https://example.com/a"),
        ("/plain", "/a/7", "/a/7"),
        ("/items/new", "/a/7", "/a/7"),
    ]

    @Test("a place that a service names is named as the client has to ask for it", arguments: places)
    func names(target: String, place: String, outward: String) async throws {
        try await GatewayStage.run(Self.document) { stage in
            stage.allAnswer { _ in
                HTTPResponse(.created, fields: [.location: place, "content-location": place])
            }
            let answer = try await stage.gateway.send(.get, target)
            #expect(answer.status == 201 && answer.fields["location"] == outward)
            #expect(answer.fields["content-location"] == outward)
        }
    }

    /// Method, target, status, reason, `Allow`.
    static let refused: [(HTTPMethod, String, Int, String, String?)] = [
        (.get, "/nothing", 405, "method_not_allowed", "PATCH"),
        (.get, "/api", 405, "method_not_allowed", "PATCH"),
        (.post, "/items/7", 405, "method_not_allowed", "DELETE, GET, HEAD, PATCH"),
        (.get, "/metrics/x", 404, "no_route", nil),
        (.patch, "/health/x", 404, "no_route", nil),
        (.patch, "/admin/routes", 404, "no_route", nil),
        (.patch, "/a/../admin", 404, "no_route", nil),
        (.post, "/metrics", 405, "method_not_allowed", nil),
    ]

    @Test("what has no route is told so, and reaches no service")
    func refuses() async throws {
        try await GatewayStage.run(Self.document) { stage in
            for (method, target, status, reason, allow) in Self.refused {
                let answer = try await stage.gateway.send(method, target)
                #expect(
                    answer.status == status && answer.reason == reason,
                    "\(method) \(target): \(answer.text)"
                )
                if let allow { #expect(answer.fields[.allow] == allow) }
                #expect(answer.fields[.contentType] == "application/problem+json")
            }
            #expect(stage.requests.isEmpty)
            let redirect = try await stage.gateway.get("/old/7?x=1")
            #expect(redirect.status == 301 && redirect.fields[.location] == "https://example.com/new/7?x=1")
        }
    }

    @Test("a route says how long its requests' content may be")
    func bodyLimit() async throws {
        let document = #"{"routes": [{"path": "/small", "service": "echo", "auth": "open", "bodyLimit": 8}]}"#
        try await GatewayStage.run(document) { stage in
            let fits = try await stage.gateway.post("/small", json: "12345678")
            let exceeds = try await stage.gateway.post("/small", json: "123456789")
            #expect(fits.status == 200 && exceeds.status == 413)
            #expect(stage.requests.count == 1)
        }
    }

    @Test("G1: the file is read again when it changes; a bad one changes nothing and is told")
    func reread() async throws {
        let first = #"{"routes": [{"path": "/a", "service": "echo", "auth": "open"}]}"#
        try await GatewayStage.run(first) { stage in
            #expect(try await stage.gateway.get("/a").status == 200)
            try stage.rewrite(#"{"routes": [{"path": "/b", "service": "echo", "auth": "open"}]}"#)
            for gateway in stage.gateways {
                try await eventually("the new route") { try await gateway.get("/b").status == 200 }
                #expect(try await gateway.get("/a").status == 404)
            }
            try stage.rewrite(#"{"routes": [{"pth": "/c", "service": "echo"}]}"#)
            for gateway in stage.gateways {
                try await eventually("the mistakes") {
                    !gateway.logLines("mistakes", "did you mean `path`?").isEmpty
                }
                #expect(try await gateway.get("/b").status == 200)
                let view = try await gateway.admin(.get, "/admin/routes")
                #expect(view.text.contains(#""source":"file""#) && view.text.contains("did you mean `path`?"))
            }
        }
    }

    @Test("G2: operators see, add, change and take away routes")
    func administered() async throws {
        try await GatewayStage.run(#"{"routes": [{"path": "/a", "service": "echo", "auth": "open"}]}"#) {
            stage in
            let gateway = stage.gateway
            let view = try await gateway.admin(.get, "/admin/routes").json["routes"]?[0]
            #expect(view?["id"]?.string == "/a" && view?["source"]?.string == "file")
            #expect(view?["timeout"]?.string == "15s" && view?["attempts"]?.number == JSONNumber(3))
            let route = #"{"path": "/b/{id}", "service": "echo", "auth": "open", "methods": ["GET"]}"#
            let added = try await gateway.admin(.put, "/admin/routes/mine", json: route)
            #expect(added.status == 201, "\(added.text)")
            #expect(try await gateway.get("/b/1").status == 200)
            let changed = route.replacing("/b/", with: "/c/")
            #expect(try await gateway.admin(.put, "/admin/routes/mine", json: changed).status == 200)
            #expect(try await gateway.get("/b/1").status == 404)
            #expect(try await gateway.get("/c/1").status == 200)
            let bad = try await gateway.admin(
                .put,
                "/admin/routes/bad",
                json: #"{"path": "b", "sevice": "echo"}"#
            )
            #expect(bad.status == 422 && bad.reason == "invalid_route", "\(bad.text)")
            let overlap = try await gateway.admin(
                .put,
                "/admin/routes/other",
                json: #"{"path": "/a", "service": "echo", "auth": "open"}"#
            )
            #expect(overlap.status == 409 && overlap.text.contains("/a"), "\(overlap.text)")
            // Who was told has heard of it: nothing that serves is amiss.
            let refused = try await gateway.admin(.get, "/admin/routes").json["refused"]
            #expect(refused == .array([]), "\(String(describing: refused))")
            #expect(try await gateway.admin(.delete, "/admin/routes//a").status == 409)
            #expect(try await gateway.admin(.delete, "/admin/routes/mine").status == 204)
            #expect(try await gateway.admin(.delete, "/admin/routes/mine").status == 404)
            #expect(try await gateway.get("/c/1").status == 404)
            #expect(try await gateway.get("/a").status == 200)
        }
    }
}
