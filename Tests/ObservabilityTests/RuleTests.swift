import Foundation
import Reactor
import TestSupport
import Testing

/// Rules compute what they say, and alerts ring when they should, in time, and not before.
@Suite("rules and alerts", .enabled(if: Program.isWanted("promtool"))) struct RuleTests {
    @Test("promtool takes the rules, and each file of them has tests") func rules() async throws {
        let rules = try Repository.files("prometheus/rules", ".yml")
        #expect(!rules.isEmpty)
        try await Program.succeed("promtool", ["check", "rules"] + rules)
        let tested = try Repository.files("prometheus/tests", ".yml").map {
            try String(contentsOfFile: $0, encoding: .utf8)
        }.joined()
        for rule in rules {
            let name = URL(fileURLWithPath: rule).lastPathComponent
            #expect(tested.contains("- ../rules/\(name)\n"), "no test has \(name)")
        }
    }

    @Test("alerts ring when they should", arguments: try Repository.files("prometheus/tests", ".yml"))
    func alerts(file: String) async throws {
        let result = try await Program.run("promtool", ["test", "rules", file])
        #expect(result.exit == .exited(0), "\(result.text)\(result.error)")
    }

    @Test(
        "each alert has texts, the exact query, a runbook and a test, and asks for metrics that there are",
        .enabled(if: Program.isPythonWanted, "needs TEST_PYTHON")
    )
    func annotations() async throws {
        let result = try await Repository.check("rules")
        #expect(result.exit == .exited(0), "\(result.error)")
    }

    /// A file, what stands in it, what is put there instead, and what is said about that.
    static let mistakes: [(file: String, text: String, other: String, complaint: String)] = [
        ("prometheus/rules/postgres.yml", "pg_up == 0", "pg_upp == 0", "nobody tells pg_upp"),
        ("prometheus/rules/postgres.yml", "query: *PostgresDown", "query: up == 0", "its query is not"),
        ("prometheus/rules/postgres.yml", "severity: page", "severity: high", "severity high"),
        ("prometheus/rules/postgres.yml", "runbooks/PostgresDown", "runbooks/Other", "its runbook is not"),
        (
            "prometheus/rules/postgres.yml", "at {{ $labels.instance }}", "at {{ $labels.node }}",
            "no label node"
        ),
        ("prometheus/rules/postgres.yml", "alert: PostgresDown", "alert: New", "no test in which it rings"),
        ("docs/runbooks/README.md", "(PostgresDown.md)", "(Other)", "PostgresDown is missing"),
    ]

    @Test(
        "what is wrong with an alert is found",
        .enabled(if: Program.isPythonWanted, "needs TEST_PYTHON"),
        arguments: mistakes
    )
    func finds(file: String, text: String, other: String, complaint: String) async throws {
        let copy = try RepositoryCopy()
        try copy.replace(text, with: other, in: file)
        let result = try await Repository.check("rules", copy.path)
        #expect(result.exit == .exited(1) && result.error.contains(complaint), "\(result.error)")
    }
}
