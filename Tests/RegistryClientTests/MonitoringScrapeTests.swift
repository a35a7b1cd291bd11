import JSON
import TestSupport
import Testing

/// By both configurations that are shipped each instance is scraped, whatever its state, under the same labels.
@Suite("scraping by the shipped configurations", .timeLimit(.minutes(2))) struct MonitoringScrapeTests {
    private struct Target: Equatable {
        let health: String?
        let labels: [String: String]
    }

    private static let expected: [String: Target] = [
        "shop-1": Target(
            health: "up",
            labels: [
                "instance": "shop-1", "job": "shop", "service": "shop", "version": "1.2.0",
                "availability_zone": "a", "track": "canary",
            ]
        ),
        "shop-2": Target(health: "down", labels: ["instance": "shop-2", "job": "shop", "service": "shop"]),
    ]

    private static func follow(_ scene: Scene, _ port: UInt16) async throws {
        try await Backend.run("shop-1") { backends in
            let closed = try LoopbackPort.free(1)[0]
            try await scene.register(
                backends[0],
                as: "shop",
                tags: ["canary"],
                meta: #""version":"1.2.0","zone":"a""#
            )
            // Dead, and not yet forgotten.
            try await scene.put(
                "/v1/agent/service/register",
                """
                {"ID":"shop-2","Name":"shop","Address":"127.0.0.1","Port":\(closed),
                 "Check":{"TTL":"600s","Status":"critical"}}
                """
            )
            // A further name of the first.
            try await scene.put(
                "/v1/agent/service/register",
                """
                {"ID":"store-1","Name":"store","Address":"127.0.0.1","Port":\(backends[0].port),
                 "Meta":{"alias_of":"shop-1"}}
                """
            )
            try await LoopbackPort.answers(port)
            try await eventually("both of them") { try await targets(scene, port) == expected }
            try await eventually("a sample") {
                let answer = try await scene.get(
                    port,
                    "/api/v1/query?query=backend_info%7Bjob%3D%22shop%22%7D"
                )
                return try answer.json["data"]?["result"]?.elements.isEmpty == false
            }
        }
    }

    private static func targets(_ scene: Scene, _ port: UInt16) async throws -> [String: Target] {
        let answer = try await scene.get(port, "/api/v1/targets?state=active")
        guard answer.status == 200 else { return [:] }
        var targets: [String: Target] = [:]
        for target in try answer.json["data"]?["activeTargets"]?.elements ?? [] {
            guard let labels = target["labels"]?.texts, labels["service"] != nil, let id = labels["instance"]
            else { continue }
            targets[id] = Target(health: target["health"]?.string, labels: labels)
        }
        return targets
    }

    @Test("Prometheus, by the registry's targets", .enabled(if: Program.isWanted("prometheus")))
    func prometheus() async throws {
        try await Scene.run { scene in
            try await scene.shippedPrometheus { try await Self.follow(scene, $0) }
        }
    }

    @Test("VictoriaMetrics, by Consul's catalogue", .enabled(if: Program.isWanted("victoria-metrics")))
    func consul() async throws {
        try await Scene.run { scene in
            try await scene.shippedForConsul { try await Self.follow(scene, $0) }
        }
    }
}
