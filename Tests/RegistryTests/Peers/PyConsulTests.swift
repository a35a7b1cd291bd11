import Foundation
import HTTP
import Reactor
import TestSupport
import Testing

@Suite("conformance 80: py-consul", .enabled(if: Program.isPythonWanted && RegistryFixture.isEmbedded))
struct PyConsulTests {
    @Test("agent, catalogue, health, keys, sessions, events, transactions", arguments: [nil, "topsecret"])
    func drives(token: String?) async throws {
        let python = try #require(Program.python)
        try await RegistryFixture.run(token: token) { (registry) async throws in
            let port = String(registry.destination.port ?? 0)
            let arguments = [Program.script("consul_client.py"), port] + (token.map { [$0] } ?? [])
            let result = try await Program.run(python, arguments)
            #expect(result.exit == .exited(0), "\(result.error)")
            #expect(result.text == "ok\n")
        }
    }

    /// Its sources, which scripts/python.sh puts beside the peers' Python.
    private static func sources() throws -> URL {
        let python = try #require(Program.python)
        let folder = URL(filePath: python).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "sources")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return folder.appending(path: try #require(names.first { $0.hasPrefix("py_consul-") }))
    }

    private static let files = [
        "test_aio", "test_std", "api/test_agent", "api/test_catalog", "api/test_event", "api/test_health",
        "api/test_kv", "api/test_session", "api/test_status", "api/test_txn",
    ]

    @Test("its own tests pass, but those of what the registry leaves out (consul_conftest.py)")
    func ownTests() async throws {
        let python = try #require(Program.python)
        let vigie = try #require(Program.product("vigie"))
        let folder = try TemporaryFolder()
        // Without their conftest.py beside it, which starts containers.
        let tests = folder.url.appending(path: "tests")
        try FileManager.default.copyItem(at: Self.sources().appending(path: "tests"), to: tests)
        try FileManager.default.copyItem(
            at: URL(filePath: Program.script("consul_conftest.py")),
            to: folder.url.appending(path: "conftest.py")
        )
        let options = [
            "-m", "pytest", "-q", "-o", "asyncio_mode=auto", "-p", "no:cacheprovider", "--tb=short",
            "--rootdir", folder.path,
        ]
        let result = try await Program.run(
            "env",
            ["VIGIE=\(vigie)", "CONSUL_HTTP_TOKEN=", "PYTHONDONTWRITEBYTECODE=1", python] + options
                + Self.files.map { tests.appending(path: "\($0).py").path }
        )
        #expect(result.exit == .exited(0), "\(result.text)\(result.error)")
        #expect(result.text.contains("66 passed, 7 skipped"), "\(result.text)")
    }
}
