import Foundation
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
            #expect(try await stage.metric(name, #"zone="none""#, #"http_response_status_code="404""#) == 3)
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
}
