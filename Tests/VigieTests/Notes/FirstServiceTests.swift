import Foundation
import PostgresServer
import Reactor
import TestSupport
import Testing

/// Runs docs/first-service.md as its reader would.
@Suite("the guide to a first service", .enabled(if: TestServer.isWanted), .timeLimit(.minutes(2)))
struct FirstServiceTests {
    private static let root =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized

    /// The commands of the guide, in order.
    private static var commands: String {
        get throws {
            let guide = try String(contentsOf: root.appending(path: "docs/first-service.md"), encoding: .utf8)
            return guide.components(separatedBy: "```sh\n").dropFirst()
                .compactMap { $0.components(separatedBy: "```").first }.joined()
        }
    }

    @Test("every command runs, and answers what the guide says")
    func commands() async throws {
        let notes = try #require(Program.product("notes"))
        let folder = try TemporaryFolder()
        let ports = try LoopbackPort.free(2)
        // What is built is what the tests were built with, and ports are free ones; all else is as it stands there.
        let script = try Self.commands
            .replacing("swift build --product notes\n", with: "")
            .replacing("8080", with: "\(ports[0])").replacing("5434", with: "\(ports[1])")
        #expect(script.contains(".build/debug/notes") && script.contains("kill -TERM"))
        try Self.prepare(folder.url, notes)
        let before = """
            set -eo pipefail
            cd \(folder.path)
            export POSTGRES_FOLDER=\(folder.path)/postgres
            trap 'scripts/postgres.sh remove; kill %1 2>/dev/null || true' EXIT

            """
        let result = try await Program.run("bash", ["-c", before + script])
        #expect(result.exit == .exited(0), "\(result.text)\n\(result.error)")
        for expected in [
            "Environment: VIGIE_SERVER_PORT. File: server.port.", "exit status 64", "ready\n",
            #""title":"Milk","text":"two bottles""#, "HTTP/1.1 401 Unauthorized", ##""pointer":"#/text""##,
            #""openapi": "3.1.0""#, #""status":"pass""#, "http_server_request_duration_seconds_count{",
            "db_client_operation_duration_seconds_bucket{", #""msg":"request""#, #""resourceSpans""#,
            #""modules":{"postgres":"debug"}"#,
        ] {
            #expect(result.text.contains(expected), "\(expected) is not in \(result.text)")
        }
        #expect(result.error.contains("did you mean VIGIE_SERVER_PORT?"))
        let once = result.text.matches(of: /"id":"([0-9a-f-]+)","title":"Once"/).map(\.output.1)
        #expect(once.count == 3 && Set(once).count == 1)
    }

    private static func prepare(_ folder: URL, _ notes: String) throws {
        let files = FileManager.default
        let products = folder.appending(path: ".build/debug")
        try files.createDirectory(at: products, withIntermediateDirectories: true)
        try files.createSymbolicLink(
            atPath: products.appending(path: "notes").path,
            withDestinationPath: notes
        )
        try files.createSymbolicLink(
            at: folder.appending(path: "scripts"),
            withDestinationURL: root.appending(path: "scripts")
        )
    }
}
