import HTTP
import HTTPWire
import Testing
import VigieTesting

/// One form of a path decides who may, and is what the upstream hears.
@Suite("H13: paths and who may", .timeLimit(.minutes(2))) struct CanonicalAuthorizationTests {
    private static let document = """
        {"routes": [
          {"path": "/public/{rest...}", "service": "echo", "auth": "open"},
          {"path": "/private", "service": "echo"},
          {"path": "/private/{rest...}", "service": "echo"},
          {"path": "/shop/{id}/open", "service": "echo", "auth": "open"},
          {"path": "/shop/{id}/closed", "service": "echo"},
          {"path": "/cut/{rest...}", "service": "echo", "auth": "open", "strip": "/cut"},
          {"path": "/new/{id}", "service": "echo", "auth": "open", "rewrite": "/v2/{id}/end"},
          {"path": "/top/{x}", "service": "echo", "auth": "open", "rewrite": "/{x}"},
          {"path": "/away/{rest...}", "auth": "open", "redirect": {"to": "/{rest...}"}}
        ]}
        """

    /// Target, status without a token, target at the upstream.
    static let cases: [(String, Int, String?)] = [
        ("/private", 401, nil),
        ("/private/", 401, nil),
        ("/private/a", 401, nil),
        ("/private?x", 401, nil),
        ("/./private", 401, nil),
        ("/%70rivate", 401, nil),
        ("/%70%72%69%76%61%74%65", 401, nil),
        ("/public/../private", 401, nil),
        ("/public/%2e%2e/private", 401, nil),
        ("/public/%2E./private/a", 401, nil),
        ("/public/.%2e/private", 401, nil),
        ("/public/a/../../private", 401, nil),
        ("/public/./../private", 401, nil),
        ("/../../private", 401, nil),
        ("http://a/public/../private", 401, nil),
        ("/private/../public/x", 200, "/public/x"),
        ("/private/%2e%2e/public/x", 200, "/public/x"),
        // An empty segment is a segment.
        ("//private", 404, nil),
        ("//public/../private", 404, nil),
        ("/public//../private", 200, "/public/private"),
        ("/public//private", 200, "/public//private"),
        // Another path is another path.
        ("/PRIVATE", 404, nil),
        ("/private;x", 404, nil),
        ("/private%20", 404, nil),
        ("/private%2f", 404, nil),
        ("/private%2fa", 404, nil),
        ("/private.", 404, nil),
        // An escaped separator is data, here and upstream; so are parameters of a segment.
        ("/public/..%2fprivate", 200, "/public/..%2Fprivate"),
        ("/public%2f..%2fprivate", 404, nil),
        ("/public/%2e%2e%2fprivate", 200, "/public/..%2Fprivate"),
        ("/public/%252e%252e/private", 200, "/public/%252e%252e/private"),
        ("/public/..;/private", 200, "/public/..;/private"),
        ("/public/..%5cprivate", 200, "/public/..%5Cprivate"),
        ("/public/%c0%ae%c0%ae/private", 200, "/public/%C0%AE%C0%AE/private"),
        ("/public/x?/../private", 200, "/public/x?/../private"),
        ("/public/%3f/../x", 200, "/public/x"),
        ("/public/%23", 200, "/public/%23"),
        ("/public\\..\\private", 400, nil),
        ("/public/..\\private", 400, nil),
        ("/public/%00/../../private", 400, nil),
        ("/public/%", 400, nil),
        ("/public/x#/../../private", 400, nil),
        // Within a parameter.
        ("/shop/1/closed", 401, nil),
        ("/shop/1/open/../closed", 401, nil),
        ("/shop/1%2fopen/closed", 401, nil),
        ("/shop/1%2fclosed/open", 200, "/shop/1%2Fclosed/open"),
        ("/shop/%2e%2e/open", 404, nil),
        // What is made of a path has its parts as they were judged.
        ("/cut/x", 200, "/x"),
        ("/cut/../private", 401, nil),
        ("/cut/..%2fprivate", 200, "/..%2Fprivate"),
        ("/cut//private", 200, "//private"),
        // What no gateway forwards is no more to be had under another path.
        ("/cut/metrics", 404, nil),
        ("/cut/metrics?x", 404, nil),
        ("/cut/%6detrics", 404, nil),
        ("/cut/health", 404, nil),
        ("/cut/health/ready", 404, nil),
        ("/cut/admin/routes", 404, nil),
        ("/cut/metricsx", 200, "/metricsx"),
        ("/cut/x/metrics", 200, "/x/metrics"),
        ("/top/metrics", 404, nil),
        ("/top/metrics?a=b", 404, nil),
        ("/top/x?metrics", 200, "/x?metrics"),
        ("/new/%2e%2e", 404, nil),
        ("/new/..%2f..%2fprivate", 200, "/v2/..%2F..%2Fprivate/end"),
        ("/new/a?b=/../c", 200, "/v2/a/end?b=/../c"),
    ]

    /// What lies below a path is asked for with a slash at its end, too, and not left to a route that takes the rest.
    @Test("a slash at the end of a path does not open it")
    func endingSlash() async throws {
        let document = """
            {"routes": [
              {"path": "/private", "service": "echo"}, {"path": "/private/{rest...}", "service": "echo"},
              {"path": "/{rest...}", "service": "echo", "auth": "open"}
            ]}
            """
        let cases = [
            ("/private/", 401), ("/public/../private/", 401), ("/private/a/", 401), ("/", 200), ("/a/", 200),
        ]
        try await SecurityStage.recording(document) { gateway, upstream in
            for (target, status) in cases {
                let answer = try await gateway.get(target)
                #expect(answer.status == status, "\(target)")
            }
            #expect(upstream.record.targets == ["/", "/a/"])
        }
    }

    @Test("no other spelling of a path opens it")
    func spellings() async throws {
        try await SecurityStage.recording(Self.document) { gateway, upstream in
            for (target, status, seen) in Self.cases {
                upstream.forget()
                let client = try await RawClient.connect(to: gateway.address)
                try await client.send("GET \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                let answer = try await client.lastResponse()
                #expect(answer.status == status, "\(target): \(answer.text)")
                #expect(upstream.record.targets == (seen.map { [$0] } ?? []), "\(target)")
            }
        }
    }

    /// Target, `Location`.
    static let redirects = [
        ("/away/x", "/x"), ("/away/x?y", "/x?y"), ("/away//evil.example/x", "/.//evil.example/x"),
        ("/away///evil.example", "/.///evil.example"), ("/away/%2fevil.example", "/%2Fevil.example"),
    ]

    @Test("a redirect to a path stays with its host (RFC 3986 §4.2)", arguments: redirects)
    func redirect(target: String, location: String) async throws {
        try await SecurityStage.recording(Self.document) { gateway, _ in
            let client = try await RawClient.connect(to: gateway.address)
            try await client.send("GET \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let answer = try await client.lastResponse()
            #expect(answer.status == 308 && answer["location"] == location)
        }
    }
}
