import Foundation
import Glibc
import HTTP
import JSON
import Reactor
import TestSupport
import Testing

/// Patroni keeps its leader's lock in the registry.
@Suite("Patroni", .enabled(if: Program.isWanted("patroni")), .timeLimit(.minutes(3)))
struct PatroniTests {
    /// A node: Patroni and the PostgreSQL that it runs.
    private struct Node: Sendable {
        let name: String
        let rest: UInt16
        let postgres: UInt16
        let scene: Scene

        /// Runs it while `body` does. PostgreSQL refuses to be root's, and outlives a Patroni that is killed.
        func running(_ body: (_ kill: () -> Void) async throws -> Void) async throws {
            let programs =
                try FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql").max() ?? ""
            let file = try scene.configuration(
                "patroni.yml",
                as: "\(name).yml",
                [
                    "127.0.0.1:5432": "127.0.0.1:\(postgres)",
                    "NAME": name, "127.0.0.1:8008": "127.0.0.1:\(rest)",
                    "FOLDER": scene.folder.path, "PROGRAMS": "/usr/lib/postgresql/\(programs)/bin",
                ]
            )
            let user =
                geteuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
            let command = user + ["patroni", file]
            let result: Result<Void, any Error>
            do {
                result = .success(
                    try await scene.running(command[0], Array(command.dropFirst())) {
                        try await body(killAll)
                    }
                )
            } catch { result = .failure(error) }
            killAll()
            // Others' children: nobody else waits for their end, and what they write must not outlive the folder.
            try await eventually("the end of \(name)") { processes.isEmpty }
            try result.get()
        }

        /// As when the machine is gone.
        private func killAll() {
            for process in processes { kill(process, SIGKILL) }
        }

        /// Patroni, by its configuration's name, and all of the server, whose processes work in its data's folder.
        private var processes: [pid_t] {
            let data = "\(scene.folder.path)/\(name)"
            let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
            return all.compactMap { pid_t($0) }.filter { process in
                let folder = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(process)/cwd"
                )
                let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
                return folder == data || String(decoding: line, as: UTF8.self).contains("\(data).yml")
            }
        }

        /// Whether its own interface says that it has the role.
        func isRole(_ role: String) async throws -> Bool {
            (try? await scene.get(rest, "/\(role)").status) == 200
        }
    }

    @Test("one leads by a lock in the registry; when it is gone its session ends, and the other one leads")
    func leads() async throws {
        try await Scene.run { scene in
            let janitor = try await Janitor(scene.folder.path)
            defer { janitor.dismiss() }
            if geteuid() == 0 { try await Program.succeed("chown", ["postgres", scene.folder.path]) }
            let ports = try LoopbackPort.free(4)
            let one = Node(name: "one", rest: ports[0], postgres: ports[1], scene: scene)
            let two = Node(name: "two", rest: ports[2], postgres: ports[3], scene: scene)
            try await one.running { killOne in
                try await eventually("a leader") { try await one.isRole("primary") }
                #expect(try await Self.leader(scene) == "one")
                let session = try #require(try await Self.leaderKey(scene)?["Session"]?.string)
                let known = try await scene.ask("/v1/session/info/\(session)").elements
                #expect(known.first?["Name"]?.string == "demo-one")
                try await two.running { _ in
                    try await eventually("a replica") { try await two.isRole("replica") }
                    try await eventually("both registered") {
                        try await Self.tags(scene).isSuperset(of: ["primary", "replica"])
                    }
                    killOne()
                    try await eventually("the other one leads") { try await two.isRole("primary") }
                    #expect(try await Self.leader(scene) == "two")
                    #expect(try await Self.leaderKey(scene)?["Session"]?.string != session)
                    #expect(try await scene.ask("/v1/session/info/\(session)").elements.isEmpty)
                }
            }
        }
    }

    private static func leaderKey(_ scene: Scene) async throws -> JSONValue? {
        try await scene.ask("/v1/kv/service/demo/leader").elements.first
    }

    private static func leader(_ scene: Scene) async throws -> String? {
        let text = try await leaderKey(scene)?["Value"]?.string ?? ""
        return Data(base64Encoded: text).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The roles that the nodes have registered.
    private static func tags(_ scene: Scene) async throws -> Set<String> {
        let rows = try await scene.ask("/v1/catalog/service/demo").elements
        return Set(rows.flatMap { $0["ServiceTags"]?.elements ?? [] }.compactMap(\.string))
    }
}
