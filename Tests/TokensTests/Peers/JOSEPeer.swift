import Foundation
import Testing

@testable import Tokens

/// PyJWT and jwcrypto, asked by way of the script beside this file.
enum JOSEPeer {
    private static let environment = ProcessInfo.processInfo.environment

    /// The Python that has them; nil where it is not installed.
    private static let python: String? = environment["VIGIE_PYTHON"].flatMap {
        FileManager.default.isExecutableFile(atPath: $0) ? $0 : nil
    }

    /// Whether to ask them: where they are installed, or when they have to be (`VIGIE_REQUIRE_PEERS=1`), so that a
    /// missing one is a failure.
    static let isWanted = python != nil || environment["VIGIE_REQUIRE_PEERS"] == "1"

    /// What the script answers to each request, in order.
    static func ask(_ requests: [[String: ClaimValue]]) throws -> [[String: ClaimValue]] {
        let process = Process()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "jose_peer.py"
        )
        // Under timeout(1), so that nothing outlives a test run that is killed.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["50", try #require(python), script.path]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        // The script's answers to what a test asks fit the pipe.
        for request in requests {
            try input.fileHandleForWriting.write(contentsOf: JSONText.encode(request) + [0x0A])
        }
        try input.fileHandleForWriting.close()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try answer.split(separator: 0x0A).map { try JSONReader.object(Array($0)) }
    }
}
