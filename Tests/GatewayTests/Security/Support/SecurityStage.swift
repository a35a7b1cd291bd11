import Foundation
import HTTPWire
import JSON
import Reactor
import TestSupport
import Testing
import VigieTesting

@testable import Gateway

/// One gateway before upstreams of any kind.
enum SecurityStage {
    /// A route for everything, open to everybody, with one attempt.
    static let open =
        #"{"routes": [{"path": "/{rest...}", "service": "echo", "auth": "open", "attempts": 1}]}"#

    /// Starts a gateway before the instances of `echo` at `addresses`, runs a test, and stops it.
    static func run(
        _ document: String = open,
        before addresses: [SocketAddress],
        settings: [String: String] = [:],
        _ body: @Sendable (TestService) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "gateway.json")
        try Data(document.utf8).write(to: file)
        let all = settings.merging([
            "gateway.file": file.path,
            "clients.peers": addresses.map { "echo=\($0)" }.joined(separator: ","),
            "discovery.snapshots": "",
        ]) { own, _ in own }
        try await TestService.run(Gateway.self, settings: all, on: try TestLoops.two, body)
    }

    /// The same before one upstream that keeps the bytes that come, which a test looks at in the end.
    static func recording(
        _ document: String = open,
        settings: [String: String] = [:],
        _ body: @Sendable (TestService, RecordingUpstream) async throws -> Void
    ) async throws {
        let upstream = try RecordingUpstream()
        defer { upstream.stop() }
        try await run(document, before: [upstream.address], settings: settings) { gateway in
            try await body(gateway, upstream)
        }
        #expect(upstream.record.malformed.isEmpty)
    }
}

extension RawClient {
    /// The answers up to the end of the connection, interim ones left out; `isHead` tells of each whether it has no content.
    func answers(isHead: (Int) -> Bool = { _ in false }) async throws -> [RawResponse] {
        var answers: [RawResponse] = []
        while true {
            do {
                let answer = try await response(isHead: isHead(answers.count))
                if answer.status >= 200 { answers.append(answer) }
            } catch is EndOfInput {
                return answers
            }
        }
    }
}

extension RawResponse {
    /// The reason of a problem; nil for another content.
    var reason: String? {
        (try? JSONText.decode(JSONValue.self, from: body))?["reason"]?.string
    }
}
