import FoundationEssentials
import Reactor
import Supervision

/// Prometheus and Alertmanager, as the folder `prometheus/` says, with the addresses of this run.
struct Monitoring: Sendable {
    let builder: PlanBuilder

    /// How long and how much Prometheus keeps on one machine.
    private static let retention = ["--storage.tsdb.retention.time=7d", "--storage.tsdb.retention.size=1GB"]

    /// Both parts; those whose program is not installed are an error that says how to get it.
    func parts() throws -> [PartPlan] {
        let prometheus = try find("prometheus", package: "prometheus")
        let alertmanager = try find("prometheus-alertmanager", package: "prometheus-alertmanager")
        let (folder, ports) = (builder.folder, builder.ports)
        let configuration = folder.absolute("prometheus.yml")
        try builder.write(Array(try rendered().utf8), to: configuration)
        let alerts = absolute("alertmanager/alertmanager.yml")
        let listening = "--web.listen-address=127.0.0.1"
        return [
            PartPlan(
                name: "alertmanager",
                port: ports.alertmanager,
                probe: .http("/-/ready"),
                ladder: StopLadder(patience: .seconds(5)),
                command: { place in
                    ChildProcess.Command(
                        alertmanager,
                        [
                            "--config.file=\(alerts)", "--storage.path=\(folder.absolute("alertmanager"))",
                            "\(listening):\(place.port)", "--cluster.listen-address=",
                        ]
                    )
                }
            ),
            PartPlan(
                name: "prometheus",
                needs: ["registry", "alertmanager"],
                port: ports.prometheus,
                probe: .http("/-/ready"),
                ladder: StopLadder(patience: .seconds(20)),
                command: { place in
                    ChildProcess.Command(
                        prometheus,
                        [
                            "--config.file=\(configuration)",
                            "--storage.tsdb.path=\(folder.absolute("prometheus"))",
                            "\(listening):\(place.port)", "--enable-feature=exemplar-storage",
                        ] + Self.retention
                    )
                }
            ),
        ]
    }

    private func rendered() throws -> String {
        let (ports, path) = (builder.ports, "prometheus/prometheus.yml")
        let data = try Data(contentsOf: URL(filePath: path))
        var text = String(decoding: data, as: UTF8.self)
        let values = [
            "REGISTRY": "127.0.0.1:\(ports.registry.number)",
            "PROMETHEUS": "127.0.0.1:\(ports.prometheus.number)",
            "ALERTMANAGER": "127.0.0.1:\(ports.alertmanager.number)",
            "POSTGRES_EXPORTER": "127.0.0.1:\(ports.exporter.number)",
            "RULES": absolute("prometheus/rules"),
        ]
        for (name, value) in values {
            text = text.split(separator: "@\(name)@", omittingEmptySubsequences: false).joined(
                separator: value
            )
        }
        return text
    }

    private func absolute(_ path: String) -> String {
        URL(filePath: FileManager.default.currentDirectoryPath).appending(path: path).path
    }

    private func find(_ program: String, package: String) throws -> String {
        guard let path = Tool.find(program) else {
            throw Tool.Failure(description: "\(program) is missing: apt-get install \(package)")
        }
        return path
    }
}
