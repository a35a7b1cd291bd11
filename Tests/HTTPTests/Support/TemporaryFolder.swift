import Foundation

/// A folder for one test, gone with all in it when the test ends.
final class TemporaryFolder: Sendable {
    let url: URL
    var path: String { url.path }

    init() throws {
        // Short: a Unix socket's path has 107 bytes.
        url = FileManager.default.temporaryDirectory.appending(path: "vigie-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func holds(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: url.appending(path: name).path)
    }
}
