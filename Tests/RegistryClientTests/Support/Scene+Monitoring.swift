import Foundation
import TestSupport

/// Those who scrape, with the configurations that this repository ships, in a hurry.
extension Scene {
    /// What Prometheus's own is started with, everything but the registry being nowhere.
    func shippedPrometheus(_ body: (UInt16) async throws -> Void) async throws {
        let ports = try LoopbackPort.free(2)
        let nowhere = "127.0.0.1:\(ports[1])"
        let file = try shipped(
            "prometheus.yml",
            [
                "@REGISTRY@": "127.0.0.1:\(port)", "@POSTGRES_EXPORTER@": nowhere, "@ALERTMANAGER@": nowhere,
                "@PROMETHEUS@": "127.0.0.1:\(ports[0])", "@RULES@": "\(folder.path)/rules",
                "scrape_interval: 5s": "scrape_interval: 1s", "scrape_timeout: 4s": "scrape_timeout: 1s",
                "refresh_interval: 5s": "refresh_interval: 1s",
            ]
        )
        let arguments = [
            "--config.file=\(file)", "--storage.tsdb.path=\(folder.path)/prometheus",
            "--web.listen-address=127.0.0.1:\(ports[0])", "--log.level=warn",
        ]
        try await running("prometheus", arguments) { try await body(ports[0]) }
    }

    /// The one for Consul, with VictoriaMetrics, which knows no rules and no Alertmanager in it: Debian's Prometheus is built
    /// without Consul discovery.
    func shippedForConsul(_ body: (UInt16) async throws -> Void) async throws {
        let web = try LoopbackPort.free(1)[0]
        let file = try shipped(
            "prometheus-consul.yml",
            [
                "consul:8500": "127.0.0.1:\(port)", "scrape_interval: 5s": "scrape_interval: 1s",
                "scrape_timeout: 4s": "scrape_timeout: 1s",
            ]
        )
        let arguments = [
            "-storageDataPath=\(folder.path)/victoria-metrics", "-httpListenAddr=127.0.0.1:\(web)",
            "-promscrape.config=\(file)", "-promscrape.config.strictParse=false",
            "-promscrape.consulSDCheckInterval=1s", "-memory.allowedBytes=64MiB",
        ]
        try await running("victoria-metrics", arguments) { try await body(web) }
    }

    private func shipped(_ name: String, _ words: KeyValuePairs<String, String>) throws -> String {
        let file = URL(fileURLWithPath: #filePath).appending(path: "../../../../prometheus/\(name)")
            .standardized
        var text = try String(contentsOf: file, encoding: .utf8)
        for (word, value) in words {
            guard text.contains(word) else { throw NeverCame(what: "\(word) in \(name)") }
            text = text.replacing(word, with: value)
        }
        let path = "\(folder.path)/\(name)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
