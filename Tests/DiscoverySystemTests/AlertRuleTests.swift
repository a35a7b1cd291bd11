import Foundation
import Reactor
import TestSupport
import Testing

@Suite("alert rules", .enabled(if: Program.isWanted("promtool"))) struct AlertRuleTests {
    private static let folder =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../prometheus")
        .standardized

    private static func files(_ name: String) throws -> [String] {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path)
        return files.sorted().map { folder.appending(path: name).appending(path: $0).path }
    }

    @Test("promtool takes them, and they ring when they should and not before")
    func rules() async throws {
        let (rules, tests) = (try Self.files("rules"), try Self.files("tests"))
        #expect(!rules.isEmpty && rules.count == tests.count)
        try await Program.succeed("promtool", ["check", "rules"] + rules)
        let result = try await Program.run("promtool", ["test", "rules"] + tests)
        #expect(result.exit == .exited(0), "\(result.text)\(result.error)")
    }
}
