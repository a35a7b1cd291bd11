import Foundation
import TestSupport

/// A copy of what the checker looks at, for mistakes to be made in it.
final class RepositoryCopy: Sendable {
    private let folder: TemporaryFolder
    var path: String { folder.path }

    init() throws {
        folder = try TemporaryFolder()
        for name in ["prometheus", "grafana", "docs/runbooks"] {
            let copy = folder.url.appending(path: name)
            try FileManager.default.createDirectory(
                at: copy.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try FileManager.default.copyItem(atPath: Repository.path(name), toPath: copy.path)
        }
    }

    /// Puts another text in the place of one that must be there.
    func replace(_ text: String, with other: String, in name: String) throws {
        let file = folder.url.appending(path: name).path
        let before = try String(contentsOfFile: file, encoding: .utf8)
        guard before.contains(text) else { throw NeverCame(what: "\(text) in \(name)") }
        try before.replacing(text, with: other).write(toFile: file, atomically: true, encoding: .utf8)
    }
}
