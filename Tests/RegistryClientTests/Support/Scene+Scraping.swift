import TestSupport

/// Those who scrape, each with its file of `Configs`, in a hurry.
extension Scene {
    /// Runs VictoriaMetrics while `body` does, at a port.
    func victoriaMetrics(_ body: (UInt16) async throws -> Void) async throws {
        let port = try LoopbackPort.free(1)[0]
        let file = try configuration("victoria-metrics.yml", ["scrape_interval: 15s": "scrape_interval: 1s"])
        let arguments = [
            "-storageDataPath=\(folder.path)/victoria-metrics", "-httpListenAddr=127.0.0.1:\(port)",
            "-promscrape.config=\(file)", "-promscrape.consulSDCheckInterval=1s",
            "-search.latencyOffset=0s", "-memory.allowedBytes=64MiB", "-search.disableCache",
        ]
        try await running("victoria-metrics", arguments) { try await body(port) }
    }

    /// Runs Prometheus while `body` does, at a port.
    func prometheus(_ body: (UInt16) async throws -> Void) async throws {
        let port = try LoopbackPort.free(1)[0]
        let file = try configuration(
            "prometheus.yml",
            ["scrape_interval: 15s": "scrape_interval: 1s", "refresh_interval: 5s": "refresh_interval: 1s"]
        )
        let arguments = [
            "--config.file=\(file)", "--storage.tsdb.path=\(folder.path)/prometheus",
            "--web.listen-address=127.0.0.1:\(port)", "--log.level=warn",
        ]
        try await running("prometheus", arguments) { try await body(port) }
    }
}
