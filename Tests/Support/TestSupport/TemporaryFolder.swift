package import Foundation

/// A folder for one test, gone with all in it when the test ends.
package final class TemporaryFolder: Sendable {
    package let url: URL
    package var path: String { url.path }

    package init() throws {
        // Short: a Unix socket's path has 107 bytes.
        url = FileManager.default.temporaryDirectory.appending(path: "vigie-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The names of all in it.
    package var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path) } }

    /// Whether it holds a file or folder of this name.
    package func holds(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: url.appending(path: name).path)
    }
}
