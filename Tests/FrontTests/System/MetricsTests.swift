import Foundation
import Glibc
import Supervision
import TestSupport
import Testing

@Suite(
    "what the front tells of nginx",
    .enabled(if: Program.isWanted("nginx", "curl", "openssl")),
    .timeLimit(.minutes(3))
)
struct MetricsTests {
    @Test("the log's figures agree with the load's own count, by zone, method and status")
    func agree() async throws {
        let document =
            #"{"zones": {"api": {"rate": "100000/s", "burst": 1000}}, "locations": [{"path": "/api", "zone": "api"}]}"#
        try await FrontStage.run(document, gateways: 2) { stage in
            let figures = try await EdgeLoad.run(stage) { load in try await load.answers(300) }
            #expect(figures.failures.isEmpty && Array(figures.statuses.keys) == [200])
            for _ in 0..<3 { #expect(try await stage.ask("/none").status == 404) }
            let name = "front_request_duration_seconds_count"
            try await eventually("all requests in the metrics") {
                try await stage.metric(name, #"zone="api""#, #"http_response_status_code="200""#)
                    == Double(figures.all)
            }
            let get = try await stage.metric(name, #"zone="api""#, #"http_request_method="GET""#)
            let post = try await stage.metric(name, #"zone="api""#, #"http_request_method="POST""#)
            #expect(get > 0 && post > 0 && get + post == Double(figures.all))
            try await eventually("the errors in the metrics") {
                try await stage.metric(name, #"zone="none""#, #"http_response_status_code="404""#) == 3
            }
            #expect(
                try await stage.metric("front_upstream_duration_seconds_count", #"zone="api""#)
                    == Double(figures.all)
            )
            #expect(try await stage.metric("front_log_lines_lost_total") == 0)
            #expect(try await stage.metric("front_connections", #"state="active""#) >= 1)
            #expect(Set(stage.gateways.map { $0.requests > 0 }) == [true])
        }
    }

    @Test("no line is lost or counted twice when the log is put aside under load")
    func rotation() async throws {
        try await FrontStage.run(FrontStage.open, ["--front-log-limit", "64KiB"]) { stage in
            let figures = try await EdgeLoad.run(stage) { load in
                try await eventually("a log that was put aside twice") {
                    FileManager.default.fileExists(atPath: "\(stage.folder.path)/front/logs/access.log.2")
                }
                try await load.answers(50)
            }
            #expect(figures.failures.isEmpty)
            try await eventually("all requests in the metrics") {
                try await stage.metric("front_request_duration_seconds_count", #"zone="none""#)
                    == Double(figures.all)
            }
            #expect(try await stage.metric("front_log_lines_lost_total") == 0)
        }
    }

    @Test("a front that starts counts nothing of what the one before it has counted")
    func restart() async throws {
        let folder = try FrontStage.openFolder()
        let gateway = try await EchoGateway.start()
        let peers = ["--clients-peers", "gateway=127.0.0.1:\(gateway.port)"]
        let name = "front_request_duration_seconds_count"
        let first = try await FrontStage.start(FrontStage.open, [], peers, in: folder)
        for _ in 0..<5 { #expect(try await first.ask("/api/x").status == 200) }
        try await eventually("five requests") { try await first.metric(name) == 5 }
        let mark = "\(folder.path)/front/logs/access.log.read"
        let log = "\(folder.path)/front/logs/access.log"
        let size = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? 0
        try await eventually("how far was read") {
            try String(contentsOfFile: mark, encoding: .utf8).hasSuffix(" \(size)")
        }
        first.front.process.signal(SIGKILL)
        _ = await first.front.process.ended()
        let second = try await FrontStage.start(FrontStage.open, [], peers, in: folder)
        for _ in 0..<3 { #expect(try await second.ask("/api/x").status == 200) }
        try await eventually("three requests") { try await second.metric(name) == 3 }
        await second.stop()
        await gateway.stop()
    }
}
