// swift-tools-version: 6.2
import PackageDescription

/// One settings array serves all targets: the strictest checks the compiler has, every warning an error.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .treatWarning("ExplicitSendable", as: .error),
]

/// A C library as a module, without logic; `package` is the Debian package that brings it.
func interop(_ name: String, _ package: String? = nil) -> Target {
    .systemLibrary(
        name: name,
        path: "Sources/Interop/\(name)",
        providers: package.map { [.apt([$0])] }
    )
}

/// A module of what a service author imports.
func platform(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Sources/Platform/\(name)",
        swiftSettings: strict
    )
}

/// A module of what operates services.
func plane(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Plane/\(name)", swiftSettings: strict)
}

/// A service of a system, or a part of one; `resources` are built into the program.
func system(
    _ name: String,
    in folder: String,
    _ dependencies: Target.Dependency...,
    resources: [String] = []
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Sources/Systems/\(folder)/\(name)",
        resources: resources.map { .embedInCode($0) },
        swiftSettings: strict
    )
}

/// A program.
func program(_ name: String, in folder: String, _ dependencies: Target.Dependency...) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        path: "\(folder)/\(name)",
        swiftSettings: strict
    )
}

/// The tests of a module; `excluding` are the files for other languages among them.
func tests(of name: String, _ dependencies: Target.Dependency..., excluding: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name), "TestSupport"] + dependencies,
        path: "Tests/\(name)Tests",
        exclude: excluding,
        swiftSettings: strict
    )
}

/// What several modules' tests share.
func support(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Tests/Support/\(name)",
        swiftSettings: strict
    )
}

let package = Package(
    name: "vigie",
    products: [
        .library(name: "Configuration", targets: ["Configuration"]),
        .library(name: "Discovery", targets: ["Discovery"]),
        .library(name: "Front", targets: ["Front"]),
        .library(name: "Gateway", targets: ["Gateway"]),
        .library(name: "HTTP", targets: ["HTTP"]),
        .library(name: "JSON", targets: ["JSON"]),
        .library(name: "Postgres", targets: ["Postgres"]),
        .library(name: "Reactor", targets: ["Reactor"]),
        .library(name: "Registry", targets: ["Registry"]),
        .library(name: "Resilience", targets: ["Resilience"]),
        .library(name: "Routing", targets: ["Routing"]),
        .library(name: "Secrets", targets: ["Secrets"]),
        .library(name: "Startup", targets: ["Startup"]),
        .library(name: "Supervision", targets: ["Supervision"]),
        .library(name: "Supervisor", targets: ["Supervisor"]),
        .library(name: "SystemModel", targets: ["SystemModel"]),
        .library(name: "Telemetry", targets: ["Telemetry"]),
        .library(name: "Tokens", targets: ["Tokens"]),
        .library(name: "Vigie", targets: ["Vigie"]),
        .library(name: "VigieTesting", targets: ["VigieTesting"]),
        .library(name: "WebClient", targets: ["WebClient"]),
        .executable(name: "hometrip", targets: ["HomeTripCommand"]),
        .executable(name: "vigie", targets: ["VigieCommand"]),
        .executable(name: "hello", targets: ["Hello"]),
        .executable(name: "bare-proxy", targets: ["BareProxy"]),
        .executable(name: "notes", targets: ["Notes"]),
        .executable(name: "call-figures", targets: ["CallFigures"]),
        .executable(name: "service-drill", targets: ["ServiceDrill"]),
        .executable(name: "system-drill", targets: ["SystemDrill"]),
        .executable(name: "metrics-figures", targets: ["MetricsFigures"]),
        .executable(name: "registry-figures", targets: ["RegistryFigures"]),
    ],
    targets: [
        interop("CArgon2", "libargon2-dev"),
        interop("CCurl", "libcurl4-openssl-dev"),
        interop("CLinux"),
        interop("COpenSSL", "libssl-dev"),
        interop("CPostgres", "libpq-dev"),
        interop("CZlib", "zlib1g-dev"),

        platform(
            "Authentication",
            "Discovery",
            "HTTP",
            "JSON",
            "Reactor",
            "Telemetry",
            "Tokens",
            "WebClient"
        ),
        platform("Configuration", "Secrets"),
        platform(
            "Discovery",
            "Configuration",
            "HTTP",
            "JSON",
            "Reactor",
            "Resilience",
            "Secrets",
            "Telemetry"
        ),
        platform("Documents", "Configuration", "JSON"),
        platform("JSON"),
        platform("Reactor", "CLinux"),
        platform("HTTP", "Reactor", "CLinux"),
        platform("Telemetry", "CZlib", "HTTP", "Reactor"),
        platform("Postgres", "CPostgres", "HTTP", "JSON", "Reactor", "Telemetry"),
        platform("Resilience", "HTTP", "JSON", "Reactor", "Telemetry"),
        platform("Routing", "HTTP", "JSON", "Reactor", "Telemetry"),
        platform("Secrets", "COpenSSL"),
        platform("Startup", "Configuration", "HTTP", "JSON", "Reactor", "Secrets", "Telemetry"),
        platform("Tokens", "JSON", "Reactor", "Secrets", "CArgon2", "COpenSSL"),
        platform(
            "Vigie",
            "Authentication",
            "Configuration",
            "Discovery",
            "HTTP",
            "JSON",
            "Postgres",
            "Reactor",
            "Resilience",
            "Routing",
            "Secrets",
            "Startup",
            "Telemetry",
            "Tokens",
            "WebClient"
        ),
        platform("VigieTesting", "Vigie"),
        platform("WebClient", "CCurl", "HTTP", "Reactor", "Resilience"),

        plane("Supervision", "Reactor"),
        plane(
            "Front",
            "Configuration",
            "Discovery",
            "Documents",
            "HTTP",
            "JSON",
            "Reactor",
            "Routing",
            "Startup",
            "Supervision",
            "Telemetry",
            "Vigie"
        ),
        plane(
            "Gateway",
            "Authentication",
            "Configuration",
            "Discovery",
            "Documents",
            "HTTP",
            "JSON",
            "Reactor",
            "Resilience",
            "Routing",
            "Secrets",
            "Startup",
            "Telemetry",
            "Tokens",
            "Vigie",
            "WebClient"
        ),
        plane("SystemModel", "JSON"),
        plane("Supervisor", "CLinux", "HTTP", "JSON", "Postgres", "Reactor", "Supervision", "SystemModel"),
        plane("Registry", "HTTP", "JSON", "Reactor", "Secrets", "Telemetry"),
        .executableTarget(
            name: "VigieCommand",
            dependencies: [
                "Configuration", "Front", "Gateway", "HTTP", "JSON", "Reactor", "Registry", "Secrets",
                "Startup", "Supervision",
                "Supervisor", "SystemModel", "Telemetry", "Vigie",
            ],
            path: "Sources/Plane/Command",
            swiftSettings: strict
        ),

        .target(
            name: "HomeTripSystem",
            dependencies: ["SystemModel"],
            path: "Sources/Systems/HomeTrip/System",
            swiftSettings: strict
        ),
        system("Identity", in: "Shared", "Vigie", resources: ["Migrations", "Resources"]),
        system("Listing", in: "HomeTrip", "Vigie", resources: ["Migrations"]),
        .executableTarget(
            name: "HomeTripCommand",
            dependencies: ["HomeTripSystem", "Identity", "JSON", "Listing", "SystemModel", "Vigie"],
            path: "Sources/Systems/HomeTrip/Command",
            swiftSettings: strict
        ),

        // The example that the benchmarks run, the proxy that they measure beside others, and figures of parts.
        program("Hello", in: "Examples", "HTTP", "Reactor", "Telemetry"),
        program("BareProxy", in: "Examples", "HTTP", "Reactor"),
        .executableTarget(
            name: "Notes",
            dependencies: ["Vigie"],
            path: "Examples/Notes",
            resources: [.embedInCode("Migrations")],
            swiftSettings: strict
        ),
        program("MetricsFigures", in: "Benchmarks", "Reactor", "Telemetry"),
        program("RegistryFigures", in: "Benchmarks", "HTTP", "Reactor", "Supervision"),
        program("DrillLoad", in: "Benchmarks", "Vigie"),
        program(
            "SystemDrill",
            in: "Benchmarks",
            "Configuration",
            "HTTP",
            "JSON",
            "Reactor",
            "Supervision",
            "WebClient"
        ),
        program(
            "ServiceDrill",
            in: "Benchmarks",
            "Configuration",
            "HTTP",
            "JSON",
            "Reactor",
            "Supervision"
        ),
        program("CallFigures", in: "Benchmarks", "HTTP", "Reactor", "Resilience", "Telemetry"),

        // The service of the tests of processes.
        program("DrillService", in: "Tests", "Vigie"),

        support("TestSupport", "JSON", "Reactor", "Supervision"),
        support("HTTPWire", "HTTP", "Reactor"),
        support("PostgresServer", "Postgres", "Reactor", "TestSupport"),

        tests(of: "Authentication", "Tokens"),
        tests(of: "Configuration", "Secrets"),
        tests(
            of: "Discovery",
            "Configuration",
            "HTTP",
            "JSON",
            "Reactor",
            "Resilience",
            "Secrets",
            "Telemetry"
        ),
        .testTarget(
            name: "RegistryClientTests",
            dependencies: ["HTTP", "JSON", "Reactor", "Supervision", "TestSupport", "VigieCommand"],
            path: "Tests/RegistryClientTests",
            exclude: ["Configs"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ObservabilityTests",
            dependencies: ["HTTP", "JSON", "Reactor", "TestSupport"],
            path: "Tests/ObservabilityTests",
            exclude: ["Peers"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DiscoverySystemTests",
            dependencies: [
                "HTTP", "JSON", "Reactor", "Resilience", "Supervision", "TestSupport", "Vigie",
                "VigieTesting",
                "DrillLoad", "DrillService", "ServiceDrill", "VigieCommand",
            ],
            path: "Tests/DiscoverySystemTests",
            swiftSettings: strict
        ),
        tests(
            of: "Front",
            "Configuration",
            "Discovery",
            "Documents",
            "HTTP",
            "HTTPWire",
            "JSON",
            "Reactor",
            "Supervision",
            "Telemetry",
            "Vigie",
            "VigieCommand",
            "VigieTesting",
            "WebClient",
            excluding: ["Gixy/check.py", "Support/websocket_echo.py"]
        ),
        tests(
            of: "Gateway",
            "Authentication",
            "Configuration",
            "Discovery",
            "Documents",
            "HTTP",
            "HTTPWire",
            "JSON",
            "Reactor",
            "Resilience",
            "Routing",
            "Secrets",
            "Supervision",
            "Telemetry",
            "Tokens",
            "Vigie",
            "VigieCommand",
            "VigieTesting",
            "WebClient",
            "DrillService"
        ),
        tests(of: "JSON", excluding: ["Peers/python_json.py"]),
        tests(of: "Reactor"),
        tests(
            of: "HTTP",
            "Reactor",
            "Supervision",
            "HTTPWire",
            "Hello",
            "BareProxy",
            excluding: [
                "Peers/h11_client.py",
                "Peers/h11_verdicts.py",
                "Peers/http_client.py",
                "Peers/http_server.py",
                "Peers/llhttp_verdicts.py",
            ]
        ),
        tests(
            of: "Telemetry",
            "HTTP",
            "Reactor",
            excluding: ["Metrics/openmetrics_verdict.py", "OTLP/decode_otlp.py"]
        ),
        tests(of: "Postgres", "HTTP", "JSON", "PostgresServer", "Reactor", "Telemetry"),
        tests(
            of: "Registry",
            "HTTP",
            "JSON",
            "Reactor",
            "Secrets",
            "Supervision",
            "Telemetry",
            "VigieCommand",
            excluding: ["DNS/dns_client.py", "Peers/consul_client.py", "Peers/consul_conftest.py"]
        ),
        tests(of: "Resilience", "HTTP", "JSON", "Reactor", "Telemetry"),
        tests(of: "Routing", "HTTP", "JSON", "Reactor", "Telemetry", excluding: ["OpenAPI/validate.py"]),
        tests(of: "Secrets"),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "HomeTripCommand", "JSON", "Reactor", "Supervision", "SystemModel", "TestSupport",
                "VigieCommand",
            ],
            path: "Tests/EndToEndTests",
            swiftSettings: strict
        ),
        tests(of: "SystemModel", "Gateway", "HomeTripSystem", "JSON"),
        tests(of: "Supervisor", "HTTP", "JSON", "Reactor", "Supervision", "SystemModel"),
        tests(of: "Supervision", "Reactor"),
        tests(
            of: "Tokens",
            "CArgon2",
            "COpenSSL",
            "Reactor",
            "Secrets",
            excluding: ["Keys/rfc-examples.json", "Peers/jose_peer.py"]
        ),
        tests(
            of: "Identity",
            "Authentication",
            "HomeTripCommand",
            "PostgresServer",
            "Reactor",
            "Supervision",
            "Vigie",
            "VigieCommand",
            "VigieTesting"
        ),
        tests(of: "Listing", "PostgresServer", "Reactor", "Vigie", "VigieTesting"),
        .testTarget(
            name: "HomeTripTests",
            dependencies: [
                "HomeTripCommand", "JSON", "PostgresServer", "Reactor", "Supervision", "TestSupport", "Vigie",
            ],
            path: "Tests/HomeTripTests",
            swiftSettings: strict
        ),
        tests(
            of: "Vigie",
            "HTTP",
            "JSON",
            "Postgres",
            "PostgresServer",
            "Reactor",
            "Routing",
            "Supervision",
            "Telemetry",
            "VigieTesting",
            "DrillService",
            "Notes"
        ),
        tests(of: "WebClient", "HTTP", "Reactor", "Resilience", "Telemetry", excluding: ["Peers"]),
    ],
    swiftLanguageModes: [.v6]
)
