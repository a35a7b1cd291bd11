import Foundation
import HomeTripSystem
import SystemModel
import TestSupport
import Testing

@Suite("what is rendered from a system", .timeLimit(.minutes(1))) struct RenderingTests {
    private static var root: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
    }

    @Test("is what is in the repository")
    func drift() throws {
        for file in try Rendering(HomeTrip.system).files() {
            let present = try? String(contentsOfFile: "\(Self.root)/\(file.path)", encoding: .utf8)
            #expect(present == file.content, "\(file.path) differs: run vigie render hometrip")
        }
    }

    @Test("docker-compose takes the compose file", .enabled(if: Program.isWanted("docker-compose")))
    func compose() async throws {
        let folder = try TemporaryFolder()
        var variables = ""
        for file in try Rendering(HomeTrip.system).files() {
            let path = folder.url.appending(path: file.path)
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try file.content.write(to: path, atomically: true, encoding: .utf8)
            for match in file.content.matches(of: /\$\{([A-Z_]+):\?/) { variables += "\(match.1)=x\n" }
        }
        try variables.write(to: folder.url.appending(path: ".env"), atomically: true, encoding: .utf8)
        let text = String(
            decoding: try await Program.succeed(
                "docker-compose",
                [
                    "--project-directory", folder.path, "-f", "\(folder.path)/docker-compose.yml",
                    "--env-file", "\(folder.path)/.env", "config",
                ]
            ),
            as: UTF8.self
        )
        for service in [
            "consul", "postgres", "auth", "listing", "gateway", "front", "prometheus", "grafana", "jaeger",
        ] {
            #expect(text.contains("\n  \(service):\n"), "\(service) is missing")
        }
    }

    @Test(
        "nothing in the compose file has a fixed name or a host's port but the edge, so that all can be scaled"
    )
    func scalable() throws {
        let files = try Rendering(HomeTrip.system).files()
        let compose = try #require(files.first { $0.path == "docker-compose.yml" }).content
        #expect(!compose.contains("container_name"))
        for name in ["auth", "listing", "gateway"] {
            let section = try #require(
                compose.components(separatedBy: "\n  \(name):\n").last?.components(separatedBy: "\n  ")
                    .prefix { $0.hasPrefix(" ") }.joined(separator: "\n")
            )
            #expect(!section.contains("ports:"), "\(name)")
            #expect(section.contains(#""vigie""#) && section.contains("/health/ready"))
        }
    }

    @Test("the databases' script is sound", .enabled(if: Program.isWanted("sh")))
    func databases() async throws {
        let file = try #require(
            try Rendering(HomeTrip.system).files().first { $0.path.hasSuffix("databases.sh") }
        )
        #expect(file.content.contains(#"make identity "$IDENTITY_DATABASE_PASSWORD""#))
        try await Program.succeed("sh", ["-n"], input: Array(file.content.utf8))
    }
}
