import Foundation
import Reactor
import TestSupport
import Testing

/// Grafana's dashboards are what they are written from, and ask for what there is.
@Suite("dashboards", .enabled(if: Program.isPythonWanted, "needs TEST_PYTHON")) struct DashboardTests {
    @Test("the files are what grafana/dashboards.py writes") func drift() async throws {
        let result = try await Repository.script("grafana/dashboards.py", "--check")
        #expect(result.exit == .exited(0), "\(result.error)")
    }

    @Test("each panel has a title of its own, a text, a unit, a legend, and metrics that there are")
    func panels() async throws {
        let result = try await Repository.check("dashboards")
        #expect(result.exit == .exited(0), "\(result.error)")
    }

    @Test("promtool can read each query", .enabled(if: Program.isWanted("promtool"))) func queries()
        async throws
    {
        let rules = try await Repository.check("queries")
        #expect(rules.exit == .exited(0), "\(rules.error)")
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "panels.yml")
        try Data(rules.output).write(to: file)
        try await Program.succeed("promtool", ["check", "rules", file.path])
    }

    /// A file, what stands in it, what is put there instead, and what is said about that.
    static let mistakes: [(file: String, text: String, other: String, complaint: String)] = [
        ("vigie-postgresql.json", "\"pg_up\"", "\"pg_down\"", "nobody tells pg_down"),
        ("vigie-postgresql.json", "\"unit\": \"bytes\"", "\"unit\": \"\"", "no unit"),
        ("vigie-postgresql.json", "\"title\": \"Size\"", "\"title\": \"Up\"", "a title twice"),
        ("vigie-postgresql.json", "\"id\": 3,", "\"id\": 2,", "an id twice"),
        ("vigie-registry.json", "\"uid\": \"vigie-registry\"", "\"uid\": \"vigie-service\"", "a uid twice"),
        ("vigie-service.json", "instance=~\\\"$instance\\\"", "instance=~\\\"$node\\\"", "no variable node"),
        ("vigie-runtime.json", "\"legendFormat\": \"{{metric}}\"", "\"legendFormat\": \"\"", "no legend"),
    ]

    @Test("what is wrong with a panel is found", arguments: mistakes)
    func finds(file: String, text: String, other: String, complaint: String) async throws {
        let copy = try RepositoryCopy()
        try copy.replace(text, with: other, in: "grafana/dashboards/\(file)")
        let result = try await Repository.check("dashboards", copy.path)
        #expect(result.exit == .exited(1) && result.error.contains(complaint), "\(result.error)")
    }
}
