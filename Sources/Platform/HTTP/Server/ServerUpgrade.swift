/// A server's end of a connection that has left HTTP behind.
struct ServerUpgrade: UpgradedEnd {
    let server: ServerLoop
    let key: IncomingContent.Key

    func read() async throws -> [UInt8]? { try await server.read(key) }

    func write(_ bytes: [UInt8], _ patience: Duration?) async throws {
        try await server.write(bytes, patience, key)
    }

    func finishWriting() async { await server.finishWriting(key) }

    func close(_ reset: Bool) { server.close(key, reset: reset) }

    func wakeReader() { server.wakeReader(key) }
}
