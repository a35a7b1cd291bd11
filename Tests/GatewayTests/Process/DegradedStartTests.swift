import Foundation
import HTTP
import HTTPWire
import Reactor
import Supervision
import TestSupport
import Testing

@testable import Gateway
@testable import Tokens

/// What can't be had when `vigie gateway` starts, and what it serves without it.
@Suite("starts without what can't be had", .timeLimit(.minutes(2))) struct DegradedStartTests {
    /// A gateway as a process, and its file.
    private struct Stage: Sendable {
        let program: RunningProgram
        let address: SocketAddress
        let folder: TemporaryFolder

        /// Starts one; `lines` are parts of lines that it must write beside that it serves, in any order.
        static func start(
            _ document: String,
            _ environment: [String: String] = [:],
            saying lines: [String] = []
        ) async throws -> Stage {
            let folder = try TemporaryFolder()
            let file = folder.url.appending(path: "gateway.json")
            try Data(document.utf8).write(to: file)
            var settings = ["VIGIE_GATEWAY_FILE": file.path]
            if environment["CONSUL_HTTP_ADDR"] == nil { settings["VIGIE_CLIENTS_PEERS"] = "echo=127.0.0.1:1" }
            let program = try RunningProgram.service(
                "vigie",
                ["gateway"],
                environment: settings.merging(environment) { $1 }
            )
            var missing = lines
            var address: SocketAddress?
            while address == nil || !missing.isEmpty {
                guard let line = try await program.line() else { throw NeverCame(what: "\(missing)") }
                missing.removeAll { line.contains($0) }
                if line.contains(#""msg":"serving""#) {
                    let port = line.firstMatch(of: /"address":"http:\/\/127.0.0.1:([0-9]+)"/)
                    address = port.flatMap { UInt16($0.1) }.map { .loopback(port: $0) }
                }
            }
            return Stage(program: program, address: try #require(address), folder: folder)
        }

        func get(_ target: String, token: String? = nil) async throws -> RawResponse {
            let client = try await RawClient.connect(to: address)
            defer { client.close() }
            let more = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
            return try await client.exchange("GET \(target) HTTP/1.1\r\nHost: a\r\n\(more)\r\n")
        }

        func stop() async { await program.process.stop() }
    }

    private static func document(_ issuer: String, _ authority: String? = nil) -> String {
        let own = authority.map { #""authorityFile": "\#($0)", "# } ?? ""
        return """
            {"authentication": {\(own)"issuers": [
               {"issuer": "us", "audiences": ["us"], "keys": "\(issuer)"}]},
             "routes": [{"path": "/user", "service": "echo"}, {"path": "/open", "service": "echo", "auth": "open"}]}
            """
    }

    @Test("an issuer that can't be reached: its tokens get 503 until it can, all else is as ever")
    func unreachable() async throws {
        let port = try LoopbackPort.free(1)[0]
        let stage = try await Stage.start(
            Self.document("http://127.0.0.1:\(port)/jwks"),
            saying: ["the issuer's keys can't be had; its tokens are answered with 503"]
        )
        let token = try EdgeToken.good("us", by: EdgeKeys.key())
        let refused = try await stage.get("/user", token: token)
        #expect(refused.status == 503 && refused.reason == "keys_unavailable", "\(refused.text)")
        #expect(refused["retry-after"] == "1")
        #expect(try await stage.get("/user").status == 401)
        // Nobody listens where `echo` is said to be: the request was let through.
        #expect(try await stage.get("/open").reason == "upstream_unreachable")
        #expect(try await stage.get("/health/ready").status == 200)
        await stage.stop()
    }

    @Test(
        "an issuer whose certificate is not believed: its tokens get 503, and the log says why",
        .enabled(if: Program.isWanted("nginx", "openssl"))
    )
    func certificates() async throws {
        let certificates = try await Certificates()
        let pairs = [
            certificates.good, certificates.expired, certificates.wrongHost, certificates.selfSigned,
        ]
        let keys = try KeySet(EdgeKeys.published).jwks()
        try await NginxProcess.run(in: try TemporaryFolder(), ports: pairs.count) { ports in
            zip(ports, pairs).map { port, pair in
                """
                server {
                    listen 127.0.0.1:\(port) ssl;
                    ssl_certificate \(pair.file); ssl_certificate_key \(pair.key);
                    location / { default_type application/json; return 200 '\(keys)'; }
                }
                """
            }.joined(separator: "\n")
        } _: { ports in
            let token = try EdgeToken.good("us", by: EdgeKeys.key())
            for (port, reason) in zip(
                ports,
                [nil, "has expired", "for another host", "made by nobody who is trusted"]
            ) {
                let lines = reason.map { _ in ["the issuer's keys can't be had"] } ?? []
                let stage = try await Stage.start(
                    Self.document("https://localhost:\(port)/jwks", certificates.authority),
                    saying: lines + (reason.map { [$0] } ?? [])
                )
                let answer = try await stage.get("/user", token: token)
                let expected = reason == nil ? "upstream_unreachable" : "keys_unavailable"
                #expect(
                    answer.status == 503 && answer.reason == expected,
                    "\(reason ?? "good"): \(answer.text)"
                )
                await stage.stop()
            }
        }
    }

    @Test("a registry that can't be reached: services get 503 until it can")
    func registry() async throws {
        let port = try LoopbackPort.free(1)[0]
        let stage = try await Stage.start(
            #"{"routes": [{"path": "/open", "service": "echo", "auth": "open"}]}"#,
            ["CONSUL_HTTP_ADDR": "127.0.0.1:\(port)"]
        )
        let refused = try await stage.get("/open")
        #expect(refused.status == 503 && refused.reason == "no_instance", "\(refused.text)")
        #expect(refused["retry-after"] != nil)
        // It may be one of those that the registry keeps.
        let unknown = try await stage.get("/nothing")
        #expect(unknown.status == 503 && unknown.reason == "routes_unknown", "\(unknown.text)")
        #expect(unknown["retry-after"] != nil)
        await stage.stop()
    }

    @Test(
        "a file that vanishes, or turns bad, while it serves: the old routes serve on, and the log says why"
    )
    func later() async throws {
        let stage = try await Stage.start(
            #"{"routes": [{"path": "/open", "service": "echo", "auth": "open"}]}"#
        )
        let file = stage.folder.url.appending(path: "gateway.json")
        try FileManager.default.removeItem(at: file)
        _ = try await stage.program.find { $0.contains("the routes' file can't be read") ? true : nil }
        #expect(try await stage.get("/open").reason == "upstream_unreachable")
        try Data(#"{"routes": [{"path": "/open"}]}"#.utf8).write(to: file, options: .atomic)
        _ = try await stage.program.find { $0.contains("the routes' file has mistakes") ? true : nil }
        #expect(try await stage.get("/open").reason == "upstream_unreachable")
        try Data(#"{"routes": []}"#.utf8).write(to: file, options: .atomic)
        try await eventually("the good file's routes") { try await stage.get("/open").status == 404 }
        await stage.stop()
    }
}
