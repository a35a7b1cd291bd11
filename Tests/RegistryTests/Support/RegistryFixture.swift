import FoundationEssentials
import HTTP
import JSON
import Reactor
import Registry
import Secrets
import Telemetry
import TestSupport

/// A registry for one test: one of our own in this process, or the Consul that `CONSUL_HTTP_ADDR` names
/// (`http://127.0.0.1:8500`), which is emptied before (docs/registry.md, "Conformance").
enum RegistryFixture {
    /// The address of a Consul that is tested instead of ours.
    static let external = ProcessInfo.processInfo.environment["CONSUL_HTTP_ADDR"]

    /// Whether ours is tested: some statements hold for a registry of one node alone, or need another start.
    static var isEmbedded: Bool { external == nil }

    /// Runs `body` against a fresh registry; `dns` gets the port where it answers DNS, which it does for that alone.
    static func run(
        in folder: String? = nil,
        snapshotByteCount: Int = 64 << 20,
        token: String? = nil,
        dns: Shared<UInt16>? = nil,
        logs: InMemoryLogSink = InMemoryLogSink(),
        _ body: @escaping @Sendable (RegistryClient) async throws -> Void
    ) async throws {
        let group = try TestLoops.two
        if let external { return try await body(try await emptied(external, on: group)) }
        var settings = RegistrySettings()
        settings.address = .loopback(port: 0)
        settings.nodeName = "laptop"
        if dns != nil { settings.dnsAddress = .loopback(port: 0) }
        settings.dataFolder = folder
        settings.snapshotByteCount = snapshotByteCount
        settings.token = token.map { Secret($0) }
        let output = LogOutput(service: "registry", instance: "test", sink: logs)
        let server = try await RegistryServer(
            settings,
            on: group,
            metrics: MetricRegistry(loops: group.loops),
            logs: output
        )
        let address = Shared<SocketAddress?>(nil)
        let (started, stopped) = (Latch(), Latch())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { started.open() }
                _ = try await server.run(
                    until: { await stopped.wait() },
                    ready: { found in
                        address.withLock { $0 = found }
                        started.open()
                    },
                    dnsReady: { found in dns?.withLock { $0 = found.port ?? 0 } }
                )
            }
            await started.wait()
            guard let found = address.withLock({ $0 }) else { return try await tasks.waitForAll() }
            let client = RegistryClient(HTTPDestination(found), on: group)
            do {
                try await body(client)
            } catch {
                await client.client.close()
                stopped.open()
                try await tasks.waitForAll()
                throw error
            }
            await client.client.close()
            stopped.open()
            try await tasks.waitForAll()
        }
    }

    private static func emptied(_ address: String, on group: EventLoopGroup) async throws -> RegistryClient {
        let authority = address.split(separator: "/").last.map(String.init) ?? address
        let parts = authority.split(separator: ":")
        let port = parts.count > 1 ? UInt16(parts[1]) ?? 8500 : 8500
        let client = RegistryClient(HTTPDestination(host: String(parts[0]), port: port), on: group)
        try await client.put("/v1/agent/maintenance?enable=false")
        for id in try await client.get("/v1/agent/services").json.keys {
            try await client.put("/v1/agent/service/deregister/\(escaped(id))")
        }
        for id in try await client.get("/v1/agent/checks").json.keys {
            try await client.put("/v1/agent/check/deregister/\(escaped(id))")
        }
        for session in try await client.get("/v1/session/list").list {
            try await client.put("/v1/session/destroy/\(session["ID"]?.string ?? "")")
        }
        _ = try await client.delete("/v1/kv/?recurse")
        let own = try await client.get("/v1/agent/self").json["Config"]?["NodeName"]?.string
        for node in try await client.get("/v1/catalog/nodes").list where node["Node"]?.string != own {
            try await client.put("/v1/catalog/deregister", "{\"Node\":\"\(node["Node"]?.string ?? "")\"}")
        }
        return client
    }

    /// An ID as it stands in a path.
    private static func escaped(_ id: String) -> String {
        id.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                String(decoding: [byte], as: UTF8.self)
            default: "%\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
            }
        }.joined()
    }
}
