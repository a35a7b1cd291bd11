import Foundation
import HTTP
import JSON
import Reactor
import Supervision
import TestSupport
import Testing

@Suite("vigie registry as a process", .enabled(if: RegistryFixture.isEmbedded)) struct CommandTests {
    @Test("settings come from a JSON file, and flags are above it") func file() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/registry.json"
        try #"{"port": 0, "node": "from-file", "token": "topsecret", "log": {"level": "error"}}"#
            .write(toFile: path, atomically: true, encoding: .utf8)
        let process = try RunningProgram.registry(["--config", path, "--node", "from-flag"])
        let registry = try await process.client()
        #expect(try await registry.get("/v1/catalog/nodes").status == 403)
        let answer = try await registry.get("/v1/catalog/nodes?token=topsecret")
        #expect(try answer.list.first?["Node"]?.string == "from-flag")
        await registry.client.close()
        process.process.signal(SIGTERM)
        #expect(try await process.end().exit == .exited(0))
    }

    static let files: [(content: String, told: String)] = [
        (#"{"port": "#, "registry.json"), (#"{"prot": 1}"#, "prot"), (#"{"port": "x"}"#, "port"),
        ("[]", "object"),
    ]

    @Test("a file that can't be used is refused by name", arguments: files)
    func badFile(content: String, told: String) async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/registry.json"
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        let result = try await Program.run(
            try #require(Program.product("vigie")),
            ["registry", "--config", path]
        )
        #expect(result.exit == .exited(64))
        #expect(result.error.contains(told), "\(result.error)")
    }

    @Test("a file that is not there is told") func missingFile() async throws {
        let result = try await Program.run(
            try #require(Program.product("vigie")),
            ["registry", "--config", "/nonexistent/registry.json"]
        )
        #expect(result.exit == .exited(64) && result.error.contains("/nonexistent/registry.json"))
    }

    @Test("each request has a span, a line of the access log and its metrics") func observed() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/traces.json"
        let process = try RunningProgram.registry(["--port", "0", "--trace-file", path])
        let registry = try await process.client()
        let trace = "0af7651916cd43dd8448eb211c80319c"
        let parent: HTTPFields = ["traceparent": "00-\(trace)-b7ad6b7169203331-01"]
        #expect(try await registry.get("/v1/catalog/service/web", parent).status == 200)
        // A request is measured when its answer has been sent, perhaps on another loop than the one that is asked next.
        var metrics = ""
        try await eventually("its measurement") {
            metrics = try await registry.get("/metrics").text
            return metrics.contains(#"route="/v1/catalog/service/{name}""#)
        }
        #expect(metrics.contains("telemetry_spans_total{"))
        #expect(metrics.contains("\nregistry_instances ") && metrics.contains("\ntarget_info{"))
        await registry.client.close()
        process.process.signal(SIGTERM)
        let (output, exit) = try await process.end()
        #expect(exit == .exited(0))
        let line = output.split(separator: "\n").first {
            $0.contains(trace) && $0.contains("/v1/catalog/service/")
        }
        #expect(line != nil, "\(output)")
        let traces = try String(contentsOfFile: path, encoding: .utf8)
        #expect(traces.contains(trace) && traces.contains("GET /v1/catalog/service/{name}"))
        #expect(traces.contains(#""service.name""#))
    }

    @Test("spans go to the collector that the environment names") func collector() async throws {
        let received = Shared<[UInt8]>([])
        let collector = try await HTTPServer.start(at: .loopback(port: 0), on: try TestLoops.two) { request in
            let bytes = try await request.body.collect(upTo: 1 << 20)
            received.withLock { $0 += bytes }
            return HTTPResponse(.ok)
        }
        let process = try RunningProgram(
            "vigie",
            ["registry", "--port", "0"],
            environment: [
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(collector.address.port ?? 0)",
                "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
            ]
        )
        let registry = try await process.client()
        #expect(try await registry.get("/v1/status/leader").status == 200)
        await registry.client.close()
        process.process.signal(SIGTERM)
        #expect(try await process.end().exit == .exited(0))
        _ = await collector.drain()
        let text = String(decoding: received.withLock { $0 }, as: UTF8.self)
        #expect(text.contains("GET /v1/status/leader"), "\(text.prefix(500))")
    }

    @Test("DNS is told where it answers") func dns() async throws {
        let process = try RunningProgram.registry(["--port", "0", "--dns-port", "0"])
        let line = try await process.find { $0.contains("DNS on 127.0.0.1:") ? $0 : nil }
        #expect(line.hasSuffix(", UDP and TCP"))
        await process.process.stop()
    }
}
