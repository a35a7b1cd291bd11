import Foundation
import Testing

/// Parsers of others, asked what they make of an exposition.
enum MetricPeer {
    private static let environment = ProcessInfo.processInfo.environment

    /// Whether a program that is missing is a failure (`VIGIE_REQUIRE_PEERS=1`).
    private static let isRequired = environment["VIGIE_REQUIRE_PEERS"] == "1"
    /// The Python with `prometheus_client`.
    private static let python = environment["VIGIE_PYTHON"] ?? "/nonexistent"
    private static let promtool = "/usr/bin/promtool"

    static let hasPython = isRequired || FileManager.default.isExecutableFile(atPath: python)
    static let hasPromtool = isRequired || FileManager.default.isExecutableFile(atPath: promtool)

    struct Answer {
        let status: Int32
        let output: String
        let error: String
    }

    /// `promtool check metrics`: status 0 and silence when it finds nothing to say.
    static func lint(_ exposition: [UInt8]) throws -> Answer {
        try run(promtool, ["check", "metrics"], input: exposition)
    }

    /// What `prometheus_client` understands, a line for each sample.
    static func parse(_ exposition: [UInt8], as format: String) throws -> Answer {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("openmetrics_verdict.py")
        return try run(python, [script.path, format], input: exposition)
    }

    /// What gzip(1) makes of compressed bytes.
    static func decompress(_ bytes: [UInt8]) throws -> [UInt8] {
        let answer = try run("/usr/bin/gzip", ["-dc"], input: bytes)
        #expect(answer.status == 0, "\(answer.error)")
        return Array(answer.output.utf8)
    }

    private static func run(_ program: String, _ arguments: [String], input: [UInt8]) throws -> Answer {
        let files = try (0..<3).map { _ in try Scratch() }
        try files[0].handle.write(contentsOf: Data(input))
        try files[0].handle.seek(toOffset: 0)
        let process = Process()
        // Under timeout(1), so that nothing outlives a test run that is killed.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["--kill-after=1", "50", program] + arguments
        process.standardInput = files[0].handle
        process.standardOutput = files[1].handle
        process.standardError = files[2].handle
        try process.run()
        process.waitUntilExit()
        return Answer(
            status: process.terminationStatus,
            output: try files[1].text(),
            error: try files[2].text()
        )
    }

    /// A file that is gone with this object.
    private final class Scratch {
        let handle: FileHandle
        private let url: URL

        init() throws {
            url = FileManager.default.temporaryDirectory.appending(path: "vigie-\(UUID().uuidString)")
            try Data().write(to: url)
            handle = try FileHandle(forUpdating: url)
        }

        deinit { try? FileManager.default.removeItem(at: url) }

        func text() throws -> String { String(decoding: try Data(contentsOf: url), as: UTF8.self) }
    }
}
