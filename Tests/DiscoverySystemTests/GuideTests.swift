import Foundation
import Reactor
import TestSupport
import Testing

/// Runs docs/discovery.md as its reader would.
@Suite("the guide to discovery", .timeLimit(.minutes(2))) struct GuideTests {
    private static let guide =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../docs/discovery.md")

    /// The commands of the guide, in order.
    private static var commands: String {
        get throws {
            try String(contentsOf: guide.standardized, encoding: .utf8).components(separatedBy: "```sh\n")
                .dropFirst()
                .compactMap { $0.components(separatedBy: "```").first }.joined()
        }
    }

    @Test("every command runs, and answers what the guide says", .enabled(if: Program.isWanted("curl")))
    func commands() async throws {
        let folder = try TemporaryFolder()
        let products = folder.url.appending(path: ".build/debug")
        try FileManager.default.createDirectory(at: products, withIntermediateDirectories: true)
        for name in ["vigie", "DrillService"] {
            let program = try #require(Program.product(name))
            try FileManager.default.createSymbolicLink(
                atPath: products.appending(path: name).path,
                withDestinationPath: program
            )
        }
        let ports = try LoopbackPort.free(2)
        // What is built is what the tests were built with, and ports are free ones; all else is as it stands there.
        let script = try Self.commands
            .replacing("swift build --product vigie --product DrillService\n", with: "")
            .replacing("8500", with: "\(ports[0])").replacing("8081", with: "\(ports[1])")
            .replacing("VIGIE_SERVER_PORT", with: "VIGIE_DISCOVERY_SNAPSHOTS= VIGIE_SERVER_PORT")
        #expect(!script.contains("swift build") && script.contains("kill -TERM %2"))
        let before = """
            set -eo pipefail
            cd \(folder.path)
            trap 'kill %1 %2 2>/dev/null || true' EXIT

            """
        let result = try await Program.run("bash", ["-c", before + script])
        #expect(result.exit == .exited(0), "\(result.text)\n\(result.error)")
        for expected in ["ServiceID", "exit status 0", #""msg":"deregistered, confirmed by all""#] {
            #expect(result.text.contains(expected), "\(expected) is not in \(result.text)")
        }
    }
}
