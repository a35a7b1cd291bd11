/// A client's end of a connection that has left HTTP behind. When nobody holds it any more, the connection is closed.
final class ClientUpgrade: UpgradedEnd {
    private let client: ClientLoop
    private let key: ClientConnection.Key

    init(_ client: ClientLoop, _ key: ClientConnection.Key) {
        self.client = client
        self.key = key
    }

    deinit { client.abandon(key, cancelled: false) }

    func read() async throws -> [UInt8]? { try await client.readUpgraded(key) }

    func write(_ bytes: [UInt8], _ patience: Duration?) async throws {
        try await client.writeUpgraded(bytes, patience, key)
    }

    func finishWriting() async { await client.finishWriting(key) }

    func close(_ reset: Bool) { client.close(key, reset: reset) }

    func wakeReader() { client.wakeReader(key) }
}
