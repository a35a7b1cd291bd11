import Foundation
import TestSupport

/// This repository's own files, which the tests read where they are.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).appending(path: "../../../..").standardized

    static func path(_ name: String) -> String { root.appending(path: name).path }

    static func text(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    /// The paths of a folder's files with this ending.
    static func files(_ folder: String, _ ending: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: path(folder))
        return names.filter { $0.hasSuffix(ending) }.sorted().map { path("\(folder)/\($0)") }
    }

    /// What the checker of rules and dashboards says of a folder with `prometheus`, `grafana` and `docs/runbooks`.
    static func check(_ what: String, _ folder: String = root.path) async throws -> Program.Result {
        guard let python = Program.python else { throw Program.Missing(program: "python") }
        let script = path("Tests/ObservabilityTests/Peers/monitoring.py")
        return try await Program.run(python, ["-B", script, what, folder, path("Sources")])
    }
}
