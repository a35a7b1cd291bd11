import Foundation
import Reactor
import TestSupport
import Testing

/// What the system runs in containers by.
@Suite("containers") struct ContainerTests {
    /// A tool of the peers' Python.
    private static func tool(_ name: String, _ arguments: String...) async throws -> Program.Result {
        guard let python = Program.python else { throw NeverCame(what: "the peers' Python (TEST_PYTHON)") }
        let path = URL(fileURLWithPath: python).deletingLastPathComponent().appending(path: name).path
        return try await Program.run(path, arguments)
    }

    @Test(
        "hadolint has nothing to say of the image's recipe",
        .enabled(if: Program.isPythonWanted, "needs TEST_PYTHON")
    )
    func hadolint() async throws {
        let result = try await Self.tool("hadolint", Repository.path("Dockerfile"))
        #expect(result.exit == .exited(0), "\(result.text)\(result.error)")
    }

    @Test(
        "the compose file is one by the specification's schema",
        .enabled(if: Program.isPythonWanted, "needs TEST_PYTHON")
    )
    func schema() async throws {
        let result = try await Self.tool(
            "check-jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            Repository.path("docker-compose.yml")
        )
        #expect(result.exit == .exited(0), "\(result.text)\(result.error)")
    }

    @Test("the image holds products that there are") func products() throws {
        let recipe = try Repository.text("Dockerfile")
        let match = try #require(recipe.firstMatch(of: /ARG PRODUCTS="([a-z ]+)"/))
        let package = try Repository.text("Package.swift")
        for product in match.1.split(separator: " ") {
            #expect(package.contains(".executable(name: \"\(product)\""), "no product \(product)")
        }
    }

    @Test("the example of .env has each variable of the compose file, and no other") func variables() throws {
        let compose = try Repository.text("docker-compose.yml")
        let wanted = Set(compose.matches(of: /\$\{([A-Z_]+)/).map { String($0.1) })
        let given = try Repository.text(".env.example").split(separator: "\n").compactMap { line in
            line.firstMatch(of: /^([A-Z_]+)=/).map { String($0.1) }
        }
        // Compose's own.
        #expect(Set(given) == wanted.union(["COMPOSE_PROJECT_NAME"]) && given.count == Set(given).count)
    }

    @Test("what the compose file mounts is there") func mounts() throws {
        let compose = try Repository.text("docker-compose.yml")
        let paths = compose.matches(of: /"\.\/([^:"]+):/).map { String($0.1) }
        #expect(paths.contains("prometheus") && paths.contains("grafana/dashboards"))
        for path in paths {
            #expect(FileManager.default.fileExists(atPath: Repository.path(path)), "no \(path)")
        }
        // Its folder is Consul's whole configuration: rules of policies would end its start.
        let names = try FileManager.default.contentsOfDirectory(atPath: Repository.path("consul"))
        #expect(names.filter { $0.hasSuffix(".hcl") || $0.hasSuffix(".json") } == ["server.hcl"])
    }
}
