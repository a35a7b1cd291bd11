import FoundationEssentials
import HTTP
import JSON
package import Reactor

/// Asks a running supervisor.
package struct ControlClient: Sendable {
    private let http: HTTPClient
    private let destination: HTTPDestination

    /// What it said, when it did not do what was asked for.
    package struct Refusal: Error, Sendable, CustomStringConvertible { package let description: String }

    /// Asks the supervisor of this folder.
    package init(_ folder: SystemFolder, on group: EventLoopGroup) {
        http = HTTPClient(on: group)
        destination = HTTPDestination(.unix(path: folder.socket))
    }

    /// How the system stands; nil when it is not up.
    ///
    /// - Throws: what it answered in the place of that.
    package func state() async throws -> SystemState? {
        let response: HTTPResponse
        do { response = try await send(.get, "/state", limit: .seconds(10)) } catch let error
            as HTTPClientError
        {
            // Nobody listens, or there is no such file.
            if case .notConnected = error { return nil }
            throw error
        }
        let content = try await response.body.collect(upTo: 16 << 20)
        guard response.head.status == .ok else { throw Refusal(description: Self.text(content)) }
        return try JSONText.decode(SystemState.self, from: content)
    }

    /// Has something done, and returns when it is done.
    ///
    /// - Throws: ``Refusal``; `HTTPClientError` when the system is not up or went away.
    package func run(_ verb: String, _ arguments: String...) async throws {
        let pieces = ([verb] + arguments.map { $0.replacing("/", with: ":") }).map { piece in
            let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789-_.:".utf8)
            return piece.utf8.map { byte in
                allowed.contains(byte)
                    ? String(UnicodeScalar(byte))
                    : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }.joined()
        }
        let path = "/" + pieces.joined(separator: "/")
        let response = try await send(.post, path, limit: ControlServer.operationLimit)
        let content = try await response.body.collect(upTo: 1 << 20)
        guard response.head.status == .noContent else { throw Refusal(description: Self.text(content)) }
    }

    /// Ends the connections.
    package func close() async { await http.close() }

    private func send(_ method: HTTPMethod, _ path: String, limit: Duration) async throws -> HTTPResponse {
        var timeouts = HTTPTimeouts()
        (timeouts.total, timeouts.attempt, timeouts.idle) = (limit, limit, limit)
        return try await http.send(HTTPRequest(method, path), to: destination, timeouts: timeouts)
    }

    private static func text(_ content: [UInt8]) -> String { String(decoding: content, as: UTF8.self) }
}
