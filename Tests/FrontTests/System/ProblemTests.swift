import Foundation
import HTTP
import JSON
import Reactor
import TestSupport
import Testing

@Suite(
    "errors that nginx answers itself",
    .enabled(if: Program.isWanted("nginx", "curl", "openssl")),
    .timeLimit(.minutes(3))
)
struct ProblemTests {
    private static func check(_ answer: CurlAnswer, _ status: Int, _ reason: String) throws {
        #expect(answer.status == status && answer["content-type"] == "application/problem+json", "\(answer)")
        let problem = try answer.json
        #expect(
            problem["reason"]?.string == reason && problem["status"]?.integer == Int64(status),
            "\(problem)"
        )
        #expect(problem["type"]?.string == "about:blank" && problem["title"]?.string != nil)
        #expect(problem["detail"]?.string != nil && problem["retryable"]?.bool != nil)
        let trace = try #require(problem["traceId"]?.string)
        #expect(answer["traceresponse"]?.contains(trace) == true && answer["x-request-id"] != nil)
        #expect(answer["server"] == "nginx" && !answer.text.contains("<html"))
    }

    @Test("each is a problem with its reason and its trace, and the fields of all answers")
    func problems() async throws {
        let document = #"{"bodyLimit": "1KiB", "locations": [{"path": "/api"}]}"#
        try await FrontStage.run(document) { stage in
            let large = String(repeating: "a", count: 17_000)
            try Self.check(try await stage.ask("/none"), 404, "not_found")
            try Self.check(try await stage.ask("/\(large)", ["--http1.1"]), 414, "target_too_long")
            try Self.check(
                try await stage.ask("/api", ["--http1.1", "-H", "a: \(large)"]),
                431,
                "fields_too_large"
            )
            try Self.check(try await stage.ask("/api", ["-X", "TRACE"]), 405, "method_not_allowed")
            for version in ["--http1.1", "--http2"] {
                let body = ["-H", "Expect:", "--data-binary", String(repeating: "b", count: 2_000), version]
                try Self.check(try await stage.ask("/api", body), 413, "content_too_large")
            }
            try Self.check(
                try await stage.ask("/api", ["--http1.1", "-H", "Transfer-Encoding: what"]),
                501,
                "not_implemented"
            )
            try Self.check(try await stage.ask("/api/../../x", ["--http1.1"]), 400, "bad_request")
            try Self.check(try await stage.ask("/api", ["--http1.1", "-H", "Host: a b"]), 400, "bad_request")
            let plain = try await CurlAnswer.of(["http://localhost:\(stage.httpsPort)/"])
            let reason = try plain.json["reason"]?.string
            #expect(plain.status == 400 && reason == "tls_required")
            #expect(stage.gateways[0].requests == 0)
            let head = try await Program.succeed(
                "curl",
                ["-sS", "-I", "--cacert", stage.authority, "https://localhost:\(stage.httpsPort)/none"]
            )
            #expect(String(decoding: head, as: UTF8.self).contains("application/problem+json"))
        }
    }

    @Test(
        "a gateway that is gone is 502, one that is silent 504, and both are told apart from its own errors"
    )
    func upstream() async throws {
        try await FrontStage.run(#"{"locations": [{"path": "/api", "timeout": "1s"}]}"#) { stage in
            let latch = Latch()
            stage.gateways[0].answers { _ in
                await latch.wait()
                return HTTPResponse(.ok)
            }
            let silent = try await stage.ask("/api/x")
            latch.open()
            try Self.check(silent, 504, "upstream_timeout")
            stage.gateways[0].answers { _ in HTTPResponse(.badGateway, body: HTTPBody("its own")) }
            #expect(try await stage.ask("/api/x").text == "its own")
            await stage.gateways[0].stop()
            let gone = try await stage.ask("/api/x")
            try Self.check(gone, 502, "upstream_unreachable")
            #expect(try gone.json["retryable"]?.bool == true)
            try await eventually("both in the metrics") {
                try await stage.metric("front_refused_total", "upstream_unreachable") == 2
            }
        }
    }

    @Test("security fields stand in every answer, a gateway's own stay, and static files have a policy")
    func fields() async throws {
        let folder = try FrontStage.openFolder()
        let site = "\(folder.path)/site"
        try FileManager.default.createDirectory(atPath: "\(site)/assets", withIntermediateDirectories: true)
        try "<p>hello</p>".write(toFile: "\(site)/index.html", atomically: true, encoding: .utf8)
        try "secret".write(toFile: "\(site)/.secret", atomically: true, encoding: .utf8)
        try String(repeating: "a { } ", count: 1_000).write(
            toFile: "\(site)/assets/a.css",
            atomically: true,
            encoding: .utf8
        )
        try FileManager.default.createSymbolicLink(atPath: "\(site)/out", withDestinationPath: "/etc/passwd")
        let document = """
            {"static": "\(site)", "cache": [{"path": "/assets", "maxAge": "1h"}], "locations": [{"path": "/api"}]}
            """
        try await FrontStage.run(document) { stage in
            for path in ["/", "/api/x", "/none", "/assets/a.css"] {
                let answer = try await stage.ask(path)
                #expect(answer["x-content-type-options"] == "nosniff", "\(path)")
                #expect(answer["referrer-policy"] == "strict-origin-when-cross-origin", "\(path)")
                #expect(answer["strict-transport-security"] == "max-age=0", "\(path)")
                #expect((answer["content-security-policy"] != nil) == (path != "/api/x"), "\(path)")
            }
            let named = try await stage.ask("/none", ["-H", "Host: example.com"])
            #expect(named["strict-transport-security"] == "max-age=31536000")
            let file = try await stage.ask("/assets/a.css", ["--compressed"])
            #expect(file["content-type"] == "text/css" && file["cache-control"] == "max-age=3600")
            #expect(file["content-encoding"] == "gzip" && file.content.count == 6_000)
            #expect(try await stage.ask("/")["cache-control"] == "no-cache")
            for path in ["/.secret", "/assets/../.secret", "/out", "/assets"] {
                #expect(try await stage.ask(path).status != 200, "\(path)")
            }
            #expect(try await stage.ask("/", ["-X", "POST"]).status == 405)
            stage.gateways[0].answers { _ in
                HTTPResponse(
                    .ok,
                    fields: ["referrer-policy": "no-referrer", "x-accel-redirect": "/assets/a.css"],
                    body: HTTPBody("x")
                )
            }
            let own = try await stage.ask("/api/x")
            #expect(own.values("referrer-policy") == ["no-referrer"] && own.text == "x")
        }
    }
}
