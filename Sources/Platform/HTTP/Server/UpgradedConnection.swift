/// A connection that has left HTTP behind: plain bytes both ways, from the first one after the 101 answer.
public struct UpgradedConnection: Sendable {
    let server: ServerLoop
    let key: IncomingContent.Key

    /// Waits for bytes; nil when the peer has ended its side.
    ///
    /// - Throws: ``HTTPConnectionError``.
    public func read() async throws -> [UInt8]? { try await server.read(key) }

    /// Sends bytes, waiting while the peer takes none.
    ///
    /// - Throws: ``HTTPConnectionError``.
    public func write(_ bytes: [UInt8]) async throws { try await server.write(bytes, key) }

    /// Says that nothing more will be written; reading goes on.
    public func finishWriting() async { await server.finishWriting(key) }
}
