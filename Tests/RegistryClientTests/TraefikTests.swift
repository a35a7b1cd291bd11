import Foundation
import Reactor
import TestSupport
import Testing

/// Traefik routes by what the registry names.
@Suite("Traefik's consulCatalog", .enabled(if: Program.isPythonWanted), .timeLimit(.minutes(2)))
struct TraefikTests {
    private static let tags = ["traefik.enable=true", "traefik.http.routers.shop.rule=PathPrefix(`/shop`)"]

    /// It comes with the peers' Python.
    private static var program: String {
        get throws {
            let python = try #require(Program.python)
            return URL(fileURLWithPath: python).deletingLastPathComponent().appending(path: "traefik").path
        }
    }

    @Test("routes to those with its tags, and no more to one within a second of its deregistration")
    func routes() async throws {
        try await Scene.run { scene in
            let port = try LoopbackPort.free(1)[0]
            let file = try scene.configuration("traefik.yml", ["127.0.0.1:8080": "127.0.0.1:\(port)"])
            try await scene.running(try Self.program, ["--configFile=\(file)"]) {
                try await Backend.run("shop-1", "shop-2", "hidden-1") { backends in
                    try await scene.register(backends[0], as: "shop", tags: Self.tags)
                    try await scene.register(backends[1], as: "shop", tags: Self.tags)
                    try await scene.register(backends[2], as: "hidden", tags: ["other"])
                    try await LoopbackPort.answers(port)
                    try await Self.leave(scene, port, backends)
                }
            }
        }
    }

    private static func leave(_ scene: Scene, _ port: UInt16, _ backends: [Backend]) async throws {
        func answers() async throws -> String? {
            let answer = try await scene.get(port, "/shop")
            return answer.status == 200 ? answer.text : nil
        }
        var seen: Set<String> = []
        try await eventually("both instances") {
            if let name = try await answers() { seen.insert(name) }
            return seen.count == 2
        }
        #expect(seen == ["shop-1", "shop-2"])
        #expect(try await scene.get(port, "/hidden").status == 404)

        try await scene.deregister(backends[1])
        let bound = MonotonicInstant.now + .seconds(1)
        // Asked without a pause, long enough beyond the second that one that still got its turn would be seen.
        var names: Set<String> = []
        while case let begun = MonotonicInstant.now, begun < bound + .seconds(1) {
            let name = try #require(try await answers())
            if begun >= bound { names.insert(name) }
        }
        #expect(names == ["shop-1"])

        try await scene.register(backends[1], as: "shop", tags: tags)
        try await eventually("the one that is back") { try await answers() == "shop-2" }
    }
}
