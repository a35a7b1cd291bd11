import FoundationEssentials
import Glibc
import JSON
import Reactor
import Supervision
import SystemModel

/// Makes the plan of each part.
struct PlanBuilder: Sendable {
    let system: SystemDeclaration
    let vigie: String
    let program: String
    let folder: SystemFolder
    let ports: SystemPorts
    let placement: Placement
    let group: EventLoopGroup

    /// Whether this folder says what Prometheus is to do.
    var hasPrometheus: Bool { Files.exists("prometheus/prometheus.yml") }
    private var hasDatabases: Bool { system.services.contains { $0.database != nil } }

    /// All parts, those before others that they need.
    func parts() throws -> [PartPlan] {
        var secrets = try SystemSecrets(folder.secretsFile)
        var parts = [registry()]
        if hasDatabases { parts += try postgres(&secrets) }
        for service in system.services { parts.append(try self.service(service, &secrets)) }
        parts += [try gateway(), try front()]
        if hasPrometheus { parts += try Monitoring(builder: self).parts() }
        return parts
    }

    // MARK: Parts

    private func registry() -> PartPlan {
        let arguments = [
            "registry", "--port", "\(ports.registry.number)", "--data-dir", folder.absolute("registry"),
            "--loops", "1",
        ]
        let command = command(vigie, arguments, tracing: "registry")
        return PartPlan(
            name: "registry",
            port: ports.registry,
            probe: .http("/v1/status/leader"),
            command: { _ in command }
        )
    }

    private func postgres(_ secrets: inout SystemSecrets) throws -> [PartPlan] {
        let cluster = try PostgresCluster(in: folder, on: group)
        var passwords: [String: String] = [:]
        for name in system.services.compactMap(\.database) {
            passwords[name] = try secrets.value("database.\(name)")
        }
        let exporterProgram = Tool.find("prometheus-postgres-exporter")
        let exporterPassword = try secrets.value("database.\(PostgresCluster.exporterRole)")
        let databases = passwords
        let database = PartPlan(
            name: "postgres",
            port: ports.postgres,
            probe: .check { try await cluster.check(port: $0.port) },
            // The fast shutdown: connections are ended, nothing is lost (PostgreSQL manual, 19.5).
            ladder: StopLadder(signal: SIGINT, patience: .seconds(30)),
            command: { cluster.command(port: $0.port) },
            prepare: { _ in try await cluster.prepare() },
            finish: {
                try await cluster.makeDatabases(
                    databases,
                    exporter: exporterProgram == nil ? nil : exporterPassword,
                    port: $0.port
                )
            }
        )
        guard let exporterProgram, hasPrometheus else { return [database] }
        let source =
            "postgresql://\(PostgresCluster.exporterRole):\(exporterPassword)@127.0.0.1:\(ports.postgres.number)/postgres?sslmode=disable"
        var command = ChildProcess.Command(
            exporterProgram,
            ["--web.listen-address=127.0.0.1:\(ports.exporter.number)"]
        )
        command.environment = inherited + ["DATA_SOURCE_NAME=\(source)"]
        let exporterCommand = command
        let exporter = PartPlan(
            name: "exporter",
            needs: ["postgres"],
            port: ports.exporter,
            probe: .http("/"),
            ladder: StopLadder(patience: .seconds(5)),
            command: { _ in exporterCommand }
        )
        return [database, exporter]
    }

    private func service(_ service: ServiceDeclaration, _ secrets: inout SystemSecrets) throws -> PartPlan {
        var environment = system.environment(of: service, at: placement)
        for name in service.secrets { environment[name] = try secrets.value("\(service.name).\(name)") }
        if let database = service.database {
            let password = try secrets.value("database.\(database)")
            environment["VIGIE_DATABASE_URL"] =
                "postgresql://\(database):\(password)@127.0.0.1:\(ports.postgres.number)/\(database)"
        }
        environment["VIGIE_DISCOVERY_SNAPSHOTS"] = folder.absolute("snapshots")
        let (settings, name, program) = (environment, service.name, program)
        guard let port = ports.services[service.name] else {
            throw Tool.Failure(description: "\(service.name) has no port")
        }
        return PartPlan(
            name: name,
            needs: ["registry"] + (service.database == nil ? [] : ["postgres"]) + service.needs,
            count: service.replicas,
            isScalable: true,
            port: port,
            registered: name,
            probe: .http("/health/ready"),
            command: { place in
                var command = ChildProcess.Command(program, [name])
                command.environment = inherited + Self.lines(settings) + ["VIGIE_SERVER_PORT=\(place.port)"]
                return command
            }
        )
    }

    private func gateway() throws -> PartPlan {
        let file = folder.absolute("gateway.json")
        try write(system.gatewayDocument(at: placement), to: file)
        var settings = system.environment(at: placement)
        settings["VIGIE_GATEWAY_FILE"] = file
        // The front, on this machine, says who the clients are.
        settings["VIGIE_GATEWAY_TRUSTED_PROXIES"] = "127.0.0.0/8"
        settings["VIGIE_DISCOVERY_SNAPSHOTS"] = folder.absolute("snapshots")
        let (environment, vigie) = (settings, vigie)
        return PartPlan(
            name: "gateway",
            needs: ["registry"] + system.services.map(\.name),
            count: system.gateway.replicas,
            isScalable: true,
            port: ports.gateway,
            registered: "gateway",
            probe: .http("/health/ready"),
            command: { place in
                var command = ChildProcess.Command(vigie, ["gateway"])
                command.environment =
                    inherited + Self.lines(environment) + ["VIGIE_SERVER_PORT=\(place.port)"]
                return command
            }
        )
    }

    private func front() throws -> PartPlan {
        let file = folder.absolute("front.json")
        try write(system.frontDocument(), to: file)
        var settings = system.environment(at: placement)
        settings["VIGIE_FRONT_FILE"] = file
        settings["VIGIE_FRONT_DIRECTORY"] = folder.absolute("front")
        settings["VIGIE_FRONT_HTTP_PORT"] = "\(ports.http.number)"
        settings["VIGIE_FRONT_HTTPS_PORT"] = "\(ports.https.number)"
        settings["VIGIE_DISCOVERY_SNAPSHOTS"] = folder.absolute("snapshots")
        settings["VIGIE_SERVER_PORT"] = "\(ports.front.number)"
        let command = command(vigie, ["front"], settings)
        return PartPlan(
            name: "front",
            needs: ["gateway"],
            port: ports.front,
            registered: "front",
            probe: .http("/health/ready"),
            command: { _ in command }
        )
    }

    // MARK: Commands and files

    private func command(
        _ program: String,
        _ arguments: [String],
        tracing name: String
    ) -> ChildProcess.Command {
        var settings: [String: String] = [:]
        if let collector = placement.collector {
            settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector
            settings["OTEL_EXPORTER_OTLP_PROTOCOL"] = placement.collectorEncoding
        }
        return command(program, arguments, settings)
    }

    private func command(
        _ program: String,
        _ arguments: [String],
        _ settings: [String: String]
    ) -> ChildProcess.Command {
        var command = ChildProcess.Command(program, arguments)
        command.environment = inherited + Self.lines(settings)
        return command
    }

    private static func lines(_ settings: [String: String]) -> [String] {
        settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    /// Writes a document that a part reads, whole or not at all: those that are running read it again.
    func write(_ document: JSONValue, to path: String) throws {
        try write(try JSONText.encode(document, JSONEncodingOptions(isPretty: true)), to: path)
    }

    func write(_ content: [UInt8], to path: String) throws {
        try Data(content).write(to: URL(filePath: path), options: .atomic)
    }
}

/// What of this process's environment is handed down: not what says how another program of ours is to run.
private let inherited = ProcessInfo.processInfo.environment
    .filter { name, _ in !["VIGIE_", "CONSUL_", "OTEL_", "PG"].contains { name.hasPrefix($0) } }
    .map { "\($0.key)=\($0.value)" }
