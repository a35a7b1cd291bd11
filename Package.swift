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

let package = Package(
    name: "vigie",
    products: [
        .library(name: "HTTP", targets: ["HTTP"]),
        .library(name: "Postgres", targets: ["Postgres"]),
        .library(name: "Reactor", targets: ["Reactor"]),
        .executable(name: "hello", targets: ["Hello"]),
        .executable(name: "bare-proxy", targets: ["BareProxy"]),
    ],
    targets: [
        // Interop: C libraries as modules, no logic.
        .systemLibrary(name: "CLinux", path: "Sources/Interop/CLinux"),
        .systemLibrary(name: "CPostgres", path: "Sources/Interop/CPostgres"),

        // Platform: what a service author imports.
        .target(
            name: "Reactor",
            dependencies: ["CLinux"],
            path: "Sources/Platform/Reactor",
            swiftSettings: strict
        ),
        .target(
            name: "HTTP",
            dependencies: ["Reactor", "CLinux"],
            path: "Sources/Platform/HTTP",
            swiftSettings: strict
        ),
        .target(
            name: "Postgres",
            dependencies: ["Reactor", "CPostgres"],
            path: "Sources/Platform/Postgres",
            swiftSettings: strict
        ),

        // Programs: the example the benchmarks run, and the proxy they measure beside others.
        .executableTarget(
            name: "Hello",
            dependencies: ["HTTP", "Reactor"],
            path: "Examples/Hello",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "BareProxy",
            dependencies: ["HTTP", "Reactor"],
            path: "Examples/BareProxy",
            swiftSettings: strict
        ),

        .testTarget(
            name: "ReactorTests",
            dependencies: ["Reactor"],
            path: "Tests/ReactorTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "PostgresTests",
            dependencies: ["Postgres", "Reactor"],
            path: "Tests/PostgresTests",
            swiftSettings: strict
        ),
        .testTarget(
            name: "HTTPTests",
            dependencies: ["HTTP", "Reactor", "Hello", "BareProxy"],
            path: "Tests/HTTPTests",
            exclude: [
                "Peers/h11_client.py",
                "Peers/h11_verdicts.py",
                "Peers/http_client.py",
                "Peers/http_server.py",
                "Peers/llhttp_verdicts.py",
            ],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
