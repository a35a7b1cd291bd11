import HTTP
package import Reactor
import Synchronization

/// Takes spans over OTLP/HTTP in JSON (OTLP 1.9, "OTLP/HTTP") into a file.
package struct TraceReceiver: Sendable {
    /// Where it is asked: `http://127.0.0.1:PORT`.
    package let endpoint: String
    private let server: HTTPServer

    /// The largest export that is taken.
    private static let byteLimit = 8 << 20

    /// Begins to take spans, at a free port of this machine.
    ///
    /// - Throws: what the file system or the network says.
    package static func start(
        into folder: SystemFolder,
        on group: EventLoopGroup
    ) async throws -> TraceReceiver {
        let file = try TraceFile.begin(in: folder.traces)
        // One after the other, and off the loops.
        let lock = Mutex(())
        var settings = HTTPServerSettings()
        settings.contentByteCount = byteLimit
        settings.drainTimeout = .seconds(1)
        let server = try await HTTPServer.start(at: .loopback(port: 0), on: group, settings: settings) {
            request in
            guard request.head.method == .post, request.head.path == "/v1/traces" else {
                return HTTPResponse(.notFound)
            }
            guard isJSON(request.head.fields) else { return HTTPResponse(.unsupportedMediaType) }
            let content = try await request.body.collect(upTo: byteLimit)
            guard content.first == UInt8(ascii: "{"), content.last == UInt8(ascii: "}") else {
                return HTTPResponse(.badRequest)
            }
            // A line end outside of a text is white space, and inside there is none (RFC 8259 §7).
            let line = content.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }
            try await group.blocking.run { try lock.withLock { _ in try file.append(line) } }
            var fields = HTTPFields()
            fields.append(.contentType, "application/json")
            return HTTPResponse(.ok, fields: fields, body: HTTPBody("{}"))
        }
        let port = server.address.port ?? 0
        return TraceReceiver(endpoint: "http://127.0.0.1:\(port)", server: server)
    }

    private static func isJSON(_ fields: HTTPFields) -> Bool {
        fields[.contentType]?.hasPrefix("application/json") == true && fields["content-encoding"] == nil
    }

    /// Ends it when the exports on their way are in the file.
    package func stop() async { _ = await server.drain() }
}
