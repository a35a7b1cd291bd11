import Foundation
import JSON
import TestSupport
import Testing

/// Those who scrape find instances by the registry, with their labels, and let go of those that leave.
@Suite("scraping what the registry names", .timeLimit(.minutes(2))) struct ScrapeTests {
    /// What both find, and how they name it.
    private static let labels: [String: [String: String]] = [
        "shop-1": [
            "instance": "shop-1", "job": "shop", "service": "shop", "version": "1.2.0", "track": "canary",
        ],
        "shop-2": ["instance": "shop-2", "job": "shop", "service": "shop", "version": "1.1.0"],
        "cart-1": ["instance": "cart-1", "job": "cart", "service": "cart"],
    ]

    /// The labels of the targets that are up, by instance.
    private static func targets(_ scene: Scene, _ port: UInt16) async throws -> [String: [String: String]] {
        let answer = try await scene.get(port, "/api/v1/targets?state=active")
        guard answer.status == 200 else { return [:] }
        let active = try answer.json["data"]?["activeTargets"]?.elements ?? []
        let up = active.filter { $0["health"]?.string == "up" }.compactMap { $0["labels"]?.texts }
        return Dictionary(up.compactMap { labels in labels["instance"].map { ($0, labels) } }) { first, _ in
            first
        }
    }

    /// Finds, labels and drops instances, whoever scrapes.
    private static func follow(_ scene: Scene, _ port: UInt16) async throws {
        try await Backend.run("shop-1", "shop-2", "cart-1", "cart-2") { backends in
            // The second's own port has no metrics: they are where its meta says.
            let elsewhere = try LoopbackPort.free(1)[0]
            try await scene.register(
                backends[0],
                as: "shop",
                tags: ["a", "canary"],
                meta: #""version":"1.2.0""#
            )
            try await scene.put(
                "/v1/agent/service/register",
                """
                {"ID":"shop-2","Name":"shop","Address":"127.0.0.1","Port":\(elsewhere),
                 "Meta":{"metrics_port":"\(backends[1].port)","version":"1.1.0"}}
                """
            )
            try await scene.register(backends[2], as: "cart")
            try await scene.register(backends[3], as: "cart", status: "warning")
            try await LoopbackPort.answers(port)
            try await eventually("three targets") { try await targets(scene, port).count == 3 }
            #expect(try await targets(scene, port) == labels)

            try await scene.put("/v1/agent/check/pass/service:cart-2")
            try await eventually("the one that passes now") {
                try await targets(scene, port)["cart-2"] != nil
            }
            try await scene.deregister(backends[0])
            try await eventually("the end of the one that left") {
                try await targets(scene, port)["shop-1"] == nil
            }
            #expect(try await Set(targets(scene, port).keys) == ["shop-2", "cart-1", "cart-2"])
            // What was scraped is there under the labels.
            try await eventually("a sample") {
                let query = "backend_info%7Bservice%3D%22shop%22%7D"
                let answer = try await scene.get(port, "/api/v1/query?query=\(query)")
                let rows = try answer.json["data"]?["result"]?.elements ?? []
                return rows.contains { $0["metric"]?["backend"]?.string == "shop-2" }
            }
        }
    }

    @Test("VictoriaMetrics, by consul_sd_configs", .enabled(if: Program.isWanted("victoria-metrics")))
    func victoriaMetrics() async throws {
        try await Scene.run { scene in
            try await scene.victoriaMetrics { try await Self.follow(scene, $0) }
        }
    }

    @Test("Prometheus, by http_sd_configs", .enabled(if: Program.isWanted("prometheus")))
    func prometheus() async throws {
        try await Scene.run { scene in
            try await scene.prometheus { try await Self.follow(scene, $0) }
        }
    }

    /// Consul's labels of an instance, as who scrapes it has them before relabelling. An empty one is none; addresses by
    /// other names are not given to Prometheus.
    private static func discovered(_ scene: Scene, _ port: UInt16) async throws -> [String: String] {
        try await LoopbackPort.answers(port)
        var labels: [String: String] = [:]
        try await eventually("a target") {
            let answer = try await scene.get(port, "/api/v1/targets?state=active")
            guard answer.status == 200 else { return false }
            labels = try answer.json["data"]?["activeTargets"]?[0]?["discoveredLabels"]?.texts ?? [:]
            return !labels.isEmpty
        }
        return labels.filter { label in
            label.key.hasPrefix("__meta_consul_") && !label.value.isEmpty
                && !label.key.hasPrefix("__meta_consul_tagged_address_")
        }
    }

    @Test(
        "rules of relabelling find the same labels with both",
        .enabled(if: Program.isWanted("victoria-metrics", "prometheus"))
    )
    func relabelling() async throws {
        try await Scene.run { scene in
            try await Backend.run("shop-1") { backends in
                let port = "\"metrics_port\":\"\(backends[0].port)\""
                let meta = #""version":"1.2.0","a-b":"c",\#(port)"#
                try await scene.register(backends[0], as: "shop", tags: ["a", "b c"], meta: meta)
                try await scene.victoriaMetrics { other in
                    let labels = try await Self.discovered(scene, other)
                    #expect(labels["__meta_consul_service_metadata_a_b"] == "c")
                    try await scene.prometheus { port in
                        let given = try await Self.discovered(scene, port)
                        #expect(given == labels)
                    }
                }
            }
        }
    }
}
