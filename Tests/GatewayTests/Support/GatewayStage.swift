import Foundation
import HTTP
import Reactor
import TestSupport
import Vigie
import VigieTesting

@testable import Gateway

/// Two gateways before four instances of the service `echo`, through real sockets.
struct GatewayStage: Sendable {
    let upstreams: [Upstream]
    let gateways: [TestService]
    private let folder: TemporaryFolder

    /// The first gateway.
    var gateway: TestService { gateways[0] }

    /// Starts all, runs a test, and stops all.
    ///
    /// - Parameters:
    ///   - document: the gateways' file.
    ///   - settings: more settings of the gateways.
    ///   - body: the test.
    /// - Throws: what the start or the test threw.
    static func run(
        _ document: String,
        settings: [String: String] = [:],
        _ body: @Sendable (GatewayStage) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        try Data(document.utf8).write(to: folder.url.appending(path: "gateway.json"))
        var upstreams: [Upstream] = []
        for _ in 0..<4 { upstreams.append(try await Upstream.start()) }
        let all = upstreams
        let settings = settings.merging([
            "gateway.file": folder.url.appending(path: "gateway.json").path,
            "clients.peers": all.map { "echo=\($0.address)" }.joined(separator: ","),
            "discovery.snapshots": "",
        ]) { own, _ in own }
        let outcome = await Result {
            try await TestService.run(Gateway.self, settings: settings, on: try TestLoops.two) { first in
                try await TestService.run(Gateway.self, settings: settings, on: try TestLoops.two) { second in
                    try await body(GatewayStage(upstreams: all, gateways: [first, second], folder: folder))
                }
            }
        }
        for upstream in all { await upstream.stop() }
        try outcome.get()
    }

    /// All instances answer so from now on.
    func allAnswer(_ answer: @escaping Upstream.Answer) {
        for upstream in upstreams { upstream.answers(answer) }
    }

    /// What all instances were asked.
    var requests: [HTTPRequestHead] { upstreams.flatMap(\.requests) }

    /// Writes the gateways' file anew.
    func rewrite(_ document: String) throws {
        try Data(document.utf8).write(to: folder.url.appending(path: "gateway.json"), options: .atomic)
    }
}

extension Result where Failure == any Error {
    /// What `body` returns or throws.
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

extension TestService.Answer {
    /// The reason of a problem; nil for another content.
    var reason: String? { (try? json)?["reason"]?.string }
}
