import HTTP
import HTTPWire
import Testing

/// A client with little room that asks, and takes no answer.
struct StalledClient {
    static let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    let client: RawClient
    private let server: HTTPServer
    private let before: Int

    /// Connects to a server that serves nobody else meanwhile.
    static func connect(to server: HTTPServer) async throws -> StalledClient {
        let before = Int(await server.counters.requests)
        let client = try await RawClient.connect(to: server.address, receiveBuffer: 1 << 14)
        return StalledClient(client: client, server: server, before: before)
    }

    /// Asks so often, and waits until all is handled.
    func ask(_ count: Int) async throws {
        for number in 1...count {
            try await client.send(Self.request)
            #expect(await server.settles { Int($0.requests) == before + number })
        }
    }

    /// Asks until an answer is held up.
    ///
    /// - Returns: how many requests were begun.
    func askUntilFull() async throws -> Int {
        for number in 1...5000 {
            try await client.send(Self.request)
            let isHandled = await server.settles(within: .milliseconds(300)) {
                $0.requestsActive == 0 && Int($0.requests) == before + number
            }
            guard isHandled else { break }
        }
        return Int(await server.counters.requests) - before
    }
}
