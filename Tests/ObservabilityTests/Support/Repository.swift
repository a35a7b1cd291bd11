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

    /// A script of this repository, run by the peers' Python.
    static func script(_ name: String, _ arguments: String...) async throws -> Program.Result {
        guard let python = Program.python else { throw NeverCame(what: "the peers' Python (TEST_PYTHON)") }
        return try await Program.run(python, ["-B", path(name)] + arguments)
    }

    /// What the checker of rules and dashboards says of a folder with `prometheus`, `grafana` and `docs/runbooks`.
    static func check(_ what: String, _ folder: String = root.path) async throws -> Program.Result {
        try await script("Tests/ObservabilityTests/Peers/monitoring.py", what, folder, path("Sources"))
    }
}
