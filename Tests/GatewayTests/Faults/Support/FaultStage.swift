import Foundation
import HTTP
import Reactor
import TestSupport
import Vigie
import VigieTesting

@testable import Gateway

/// Two gateways before instances of `echo` that a test brings along.
struct FaultStage: Sendable {
    let gateways: [TestService]

    /// Starts the gateways, runs a test, and stops them.
    static func run(
        _ document: String,
        before addresses: [SocketAddress],
        _ body: @Sendable (FaultStage) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "gateway.json")
        try Data(document.utf8).write(to: file)
        let settings = [
            "gateway.file": file.path, "discovery.snapshots": "",
            "clients.peers": addresses.map { "echo=\($0)" }.joined(separator: ","),
        ]
        try await TestService.run(Gateway.self, settings: settings, on: try TestLoops.two) { first in
            try await TestService.run(Gateway.self, settings: settings, on: try TestLoops.two) { second in
                try await body(FaultStage(gateways: [first, second]))
            }
        }
    }

    /// Clients of both gateways that ask again and again, while `body` runs.
    func load(
        _ target: String,
        by method: HTTPMethod = .get,
        _ body: (ClientLoad) async throws -> Void
    ) async throws {
        try await ClientLoad.run { client in
            try await gateways[client % 2].send(method, target).status
        } _: {
            try await body($0)
        }
    }

    /// A metric of both gateways together.
    func metric(_ name: String, _ labels: [String: String] = [:]) -> Double {
        gateways.reduce(0) { $0 + ($1.metric(name, labels) ?? 0) }
    }
}
