/// `docker-compose.yml` of a system: the same processes as on one machine, with the real Consul, Grafana and Jaeger.
struct Compose {
    private let system: SystemDeclaration
    private let placement: Placement
    private let folder: String

    init(_ system: SystemDeclaration, _ placement: Placement, folder: String) {
        self.system = system
        self.placement = placement
        self.folder = folder
    }

    /// The document.
    var text: String {
        let header = """
            # Rendered from the declaration of \(system.name) by `vigie render \(system.name)`: change that, not this file.
            # cp .env.example .env, set what is empty there, docker compose up -d; docker compose up -d --scale NAME=3

            """
        return header
            + YAML.map([
                ("version", "3.8"),
                ("services", .map(stores + system.services.map(service) + edge + observability)),
                ("networks", .map([("public", .map([])), ("private", .map([("internal", true)]))])),
                ("volumes", .map(volumes.map { ($0, YAML.map([])) })),
            ]).description
    }

    private typealias Members = [(key: String, value: YAML)]

    private let volumes = ["consul", "postgres", "front", "prometheus", "alertmanager", "grafana"]

    /// The variable of a database's password in `.env`.
    static func passwordName(_ database: String) -> String { database.uppercased() + "_DATABASE_PASSWORD" }

    /// A value of `.env` without which nothing starts.
    private static func required(_ name: String) -> String { "${\(name):?set it in .env}" }

    // MARK: Stores

    /// Who reads PostgreSQL's figures, and nothing else.
    static let exporterRole = "vigie_exporter"

    private var stores: Members {
        let databases = system.services.compactMap(\.database) + ["exporter"]
        let passwords = databases.map { database -> (key: String, value: YAML) in
            let name = Self.passwordName(database)
            return (name, .text(Self.required(name)))
        }
        return [
            (
                "consul",
                part(
                    image: "hashicorp/consul:1.20",
                    command: ["agent", "-config-dir=/consul/config"],
                    check: ["consul", "members"],
                    networks: ["private"],
                    memory: 256,
                    volumes: ["consul:/consul/data", "./consul:/consul/config:ro"]
                )
            ),
            (
                "postgres",
                part(
                    image: "postgres:15",
                    environment: [
                        ("POSTGRES_PASSWORD", .text(Self.required("POSTGRES_PASSWORD"))),
                        ("POSTGRES_USER", "postgres"),
                    ]
                        + passwords,
                    check: ["pg_isready", "-U", "postgres"],
                    networks: ["private"],
                    memory: 512,
                    volumes: [
                        "postgres:/var/lib/postgresql/data",
                        "./\(folder)/databases.sh:/docker-entrypoint-initdb.d/databases.sh:ro",
                    ]
                )
            ),
        ]
    }

    // MARK: Ours

    private func service(_ service: ServiceDeclaration) -> (key: String, value: YAML) {
        var environment = system.environment(of: service, at: placement)
        environment["VIGIE_SERVER_PORT"] = "\(service.port)"
        for name in service.secrets { environment[name] = Self.required(Self.secretName(service.name, name)) }
        if let database = service.database {
            let password = Self.required(Self.passwordName(database))
            environment["VIGIE_DATABASE_URL"] =
                "postgresql://\(database):\(password)@postgres:5432/\(database)"
        }
        let needs = ["consul"] + (service.database == nil ? [] : ["postgres"]) + service.needs
        return (
            service.name,
            own(
                [system.name, service.name],
                environment,
                port: service.port,
                needs: needs,
                memory: service.memoryMiB,
                replicas: service.replicas,
                aliases: service.aliases
            )
        )
    }

    /// The variable of a service's secret in `.env`.
    static func secretName(_ service: String, _ variable: String) -> String {
        service.uppercased().replacing("-", with: "_") + variable.dropFirst("VIGIE".count)
    }

    private var edge: Members {
        var gateway = system.environment(at: placement)
        gateway["VIGIE_SERVER_PORT"] = "\(system.gateway.port)"
        gateway["VIGIE_GATEWAY_FILE"] = "/etc/vigie/gateway.json"
        gateway["VIGIE_GATEWAY_TRUSTED_PROXIES"] = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"
        var front = system.environment(at: placement)
        front["VIGIE_SERVER_PORT"] = "9000"
        front["VIGIE_FRONT_FILE"] = "/etc/vigie/front.json"
        front["VIGIE_FRONT_DIRECTORY"] = "/var/lib/vigie"
        front["VIGIE_FRONT_HOST"] = "0.0.0.0"
        front["VIGIE_FRONT_HTTP_PORT"] = "\(system.front.httpPort)"
        front["VIGIE_FRONT_HTTPS_PORT"] = "\(system.front.httpsPort)"
        return [
            (
                "gateway",
                own(
                    ["vigie", "gateway"],
                    gateway,
                    port: system.gateway.port,
                    needs: ["consul"] + system.services.map(\.name),
                    memory: 128,
                    replicas: system.gateway.replicas,
                    volumes: ["./\(folder)/gateway.json:/etc/vigie/gateway.json:ro"]
                )
            ),
            (
                "front",
                own(
                    ["vigie", "front"],
                    front,
                    port: 9000,
                    needs: ["gateway"],
                    memory: 256,
                    replicas: 1,
                    networks: ["public", "private"],
                    ports: [
                        "\(system.front.httpPort):\(system.front.httpPort)",
                        "\(system.front.httpsPort):\(system.front.httpsPort)",
                    ],
                    volumes: ["front:/var/lib/vigie", "./\(folder)/front.json:/etc/vigie/front.json:ro"]
                )
            ),
        ]
    }

    // MARK: What observes

    private var observability: Members {
        [
            (
                "prometheus",
                part(
                    image: "prom/prometheus:v2.55.1",
                    command: [
                        "--config.file=/etc/prometheus/prometheus-consul.yml",
                        "--storage.tsdb.path=/prometheus",
                        "--storage.tsdb.retention.time=15d", "--enable-feature=exemplar-storage",
                    ],
                    check: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9090/-/ready"],
                    networks: ["private", "public"],
                    ports: ["127.0.0.1:9090:9090"],
                    memory: 512,
                    volumes: ["prometheus:/prometheus", "./prometheus:/etc/prometheus:ro"]
                )
            ),
            (
                "alertmanager",
                part(
                    image: "prom/alertmanager:v0.27.0",
                    command: [
                        "--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager",
                    ],
                    check: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9093/-/ready"],
                    networks: ["private", "public"],
                    ports: ["127.0.0.1:9093:9093"],
                    memory: 128,
                    volumes: ["alertmanager:/alertmanager", "./alertmanager:/etc/alertmanager:ro"]
                )
            ),
            (
                "postgres-exporter",
                part(
                    image: "prometheuscommunity/postgres-exporter:v0.15.0",
                    environment: [
                        ("DATA_SOURCE_URI", "postgres:5432/postgres?sslmode=disable"),
                        ("DATA_SOURCE_USER", .text(Self.exporterRole)),
                        ("DATA_SOURCE_PASS", .text(Self.required(Self.passwordName("exporter")))),
                    ],
                    check: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9187/"],
                    networks: ["private"],
                    memory: 64
                )
            ),
            (
                "grafana",
                part(
                    image: "grafana/grafana:11.3.0",
                    environment: [("GF_SECURITY_ADMIN_PASSWORD", .text(Self.required("GRAFANA_PASSWORD")))],
                    check: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3000/api/health"],
                    networks: ["private", "public"],
                    ports: ["127.0.0.1:3000:3000"],
                    memory: 256,
                    volumes: [
                        "grafana:/var/lib/grafana", "./grafana/provisioning:/etc/grafana/provisioning:ro",
                        "./grafana/dashboards:/var/lib/grafana/dashboards:ro",
                    ]
                )
            ),
            (
                "jaeger",
                part(
                    image: "jaegertracing/all-in-one:1.62.0",
                    check: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:14269/"],
                    networks: ["private", "public"],
                    ports: ["127.0.0.1:16686:16686"],
                    memory: 512
                )
            ),
        ]
    }

    // MARK: Shapes

    private func own(
        _ command: [String],
        _ environment: [String: String],
        port: Int,
        needs: [String],
        memory: Int,
        replicas: Int,
        networks: [String] = ["private"],
        ports: [String] = [],
        volumes: [String] = [],
        aliases: [String] = []
    ) -> YAML {
        var members: Members = [
            ("image", "vigie:${VIGIE_TAG:-latest}"), ("build", "."),
            ("command", .list(command.map { .text($0) })),
            ("environment", .map(environment.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) })),
            ("depends_on", .map(needs.map { ($0, .map([("condition", "service_healthy")])) })),
        ]
        members += Self.common(
            check: ["vigie", "check", "http://127.0.0.1:\(port)/health/ready"],
            memory: memory,
            ports: ports,
            volumes: volumes
        )
        // A service stops within 45 s: it leaves, finishes what is in flight, sends its last spans.
        members.append(("stop_grace_period", "45s"))
        members.append(("networks", Self.networks(networks, aliases)))
        if replicas > 1, let index = members.firstIndex(where: { $0.key == "deploy" }),
            case .map(let deploy) = members[index].value
        {
            members[index].value = .map([("replicas", .number(replicas))] + deploy)
        }
        return .map(members)
    }

    private static func networks(_ names: [String], _ aliases: [String]) -> YAML {
        guard !aliases.isEmpty else { return .list(names.map { .text($0) }) }
        return .map(names.map { ($0, .map([("aliases", .list(aliases.map { .text($0) }))])) })
    }

    private func part(
        image: String,
        command: [String] = [],
        environment: Members = [],
        check: [String],
        networks: [String],
        ports: [String] = [],
        memory: Int,
        volumes: [String] = []
    ) -> YAML {
        var members: Members = [("image", .text(image))]
        if !command.isEmpty { members.append(("command", .list(command.map { .text($0) }))) }
        if !environment.isEmpty { members.append(("environment", .map(environment))) }
        members += Self.common(check: check, memory: memory, ports: ports, volumes: volumes)
        members.append(("networks", .list(networks.map { .text($0) })))
        return .map(members)
    }

    private static func common(check: [String], memory: Int, ports: [String], volumes: [String]) -> Members {
        var members: Members = [
            (
                "healthcheck",
                .map([
                    ("test", .list((["CMD"] + check).map { .text($0) })), ("interval", "5s"),
                    ("timeout", "3s"),
                    ("retries", 3), ("start_period", "30s"),
                ])
            ),
            ("restart", "unless-stopped"),
            ("deploy", .map([("resources", .map([("limits", .map([("memory", .text("\(memory)M"))]))]))])),
            (
                "logging",
                .map([("driver", "json-file"), ("options", .map([("max-size", "10m"), ("max-file", "3")]))])
            ),
        ]
        if !ports.isEmpty { members.append(("ports", .list(ports.map { .text($0) }))) }
        if !volumes.isEmpty { members.append(("volumes", .list(volumes.map { .text($0) }))) }
        return members
    }
}
