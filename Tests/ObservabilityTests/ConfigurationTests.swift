import Foundation
import Reactor
import TestSupport
import Testing

/// What Prometheus, Alertmanager and Grafana are started with.
@Suite("configurations of those who watch") struct ConfigurationTests {
    @Test(
        "the files are what prometheus/render.py writes",
        .enabled(if: Program.isPythonWanted, "needs TEST_PYTHON")
    )
    func drift() async throws {
        let result = try await Repository.script("prometheus/render.py", "--check")
        #expect(result.exit == .exited(0), "\(result.error)")
    }

    @Test("Prometheus takes the one for one machine", .enabled(if: Program.isWanted("promtool")))
    func prometheus() async throws {
        let folder = try TemporaryFolder()
        var text = try Repository.text("prometheus/prometheus.yml")
        for (name, value) in [
            ("@REGISTRY@", "127.0.0.1:8500"), ("@POSTGRES_EXPORTER@", "127.0.0.1:9187"),
            ("@ALERTMANAGER@", "127.0.0.1:9093"), ("@PROMETHEUS@", "127.0.0.1:9090"),
            ("@RULES@", Repository.path("prometheus/rules")),
        ] {
            #expect(text.contains("\"\(name)") || text.contains("//\(name)"))
            text = text.replacing(name, with: value)
        }
        // The comment names them.
        let settings = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(!settings.contains { $0.contains("@") })
        let file = folder.url.appending(path: "prometheus.yml").path
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        try await Program.succeed("promtool", ["check", "config", file])
    }

    @Test("amtool takes both of Alertmanager's", .enabled(if: Program.isWanted("amtool")))
    func alertmanager() async throws {
        let files = try Repository.files("alertmanager", ".yml")
        #expect(files.count == 2)
        try await Program.succeed("amtool", ["check-config"] + files)
    }
}
