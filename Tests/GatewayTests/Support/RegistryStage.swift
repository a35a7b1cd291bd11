import Configuration
import Discovery
import Foundation
import HTTP
import JSON
import Reactor
import Supervision
import TestSupport
import Testing
import Tokens
import VigieTesting

@testable import Gateway

/// A registry, and a gateway that follows it.
struct RegistryStage: Sendable {
    let client: ConsulClient
    let gateway: TestService
    private let settings: [String: String]

    /// Starts all, runs a test, and stops all; `document` is the gateway's file.
    static func run(_ document: String, _ body: @Sendable (RegistryStage) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "gateway.json")
        try Data(document.utf8).write(to: file)
        let registry = try RunningProgram("vigie", ["registry", "--port", "0", "--loops", "1"])
        let address = try await registry.listening()
        var consul = ConsulSettings()
        consul.address = ConsulAddress(HTTPDestination(address))
        let http = HTTPClient(on: try TestLoops.two)
        let client = ConsulClient(consul, over: http)
        let settings = [
            "gateway.file": file.path, "consul.address": "\(address)", "discovery.snapshots": "",
        ]
        let outcome = await Result {
            try await TestService.run(Gateway.self, settings: settings, on: try TestLoops.two) { gateway in
                try await body(RegistryStage(client: client, gateway: gateway, settings: settings))
            }
        }
        await http.close()
        await registry.process.stop()
        try outcome.get()
    }

    /// Starts another gateway with the same file and registry.
    func second(_ body: @Sendable (TestService) async throws -> Void) async throws {
        try await TestService.run(Gateway.self, settings: settings, on: try TestLoops.two, body)
    }

    /// Writes the gateways' file anew.
    func rewrite(_ document: String) throws {
        let path = try #require(settings["gateway.file"])
        try Data(document.utf8).write(to: URL(filePath: path), options: .atomic)
    }

    /// Registers an instance of a service, with the document of the routes that it asks for.
    func register(
        _ upstream: Upstream,
        _ id: String,
        of service: String = "echo",
        tags: [String] = [],
        routes: String? = nil
    ) async throws {
        var meta: [String: String] = [:]
        if let routes {
            let hash = try Digest.sha256Text(of: Array(routes.utf8))
            let key = DiscoveryKeys.routes(of: service, hash: hash)
            #expect(try await client.put(key, Array(routes.utf8)))
            meta[DiscoveryKeys.routesHash] = hash
        }
        let port = try #require(upstream.address.port)
        try await client.register(
            ServiceDefinition(
                id: id,
                name: service,
                address: "127.0.0.1",
                port: port,
                tags: tags,
                meta: meta,
                check: .http("http://127.0.0.1:\(port)/health/ready")
            )
        )
    }

    /// Adds a route `/name` to `echo`, open, under its name; the answer's status.
    func put(_ name: String) async throws -> Int {
        let document = #"{"path": "/\#(name)", "service": "echo", "auth": "open"}"#
        return try await gateway.admin(.put, "/admin/routes/\(name)", json: document).status
    }

    func delete(_ id: String) async throws -> Int {
        try await gateway.admin(.delete, "/admin/routes/\(id)").status
    }

    func status(_ target: String) async throws -> Int { try await gateway.get(target).status }

    /// What does not serve, and why.
    func refused(at gateway: TestService? = nil) async throws -> [String] {
        let answer = try await (gateway ?? self.gateway).admin(.get, "/admin/routes")
        let list = try #require(try answer.json["refused"], "\(answer.text)")
        guard case .array(let refused) = list else { return ["no list"] }
        return refused.map { "\($0)" }
    }
}
