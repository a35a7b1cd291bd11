import HTTP
import JSON
import Reactor
import Synchronization
import TestSupport

/// What stands behind a front: tells what it was asked, unless a test wants something else.
final class EchoGateway: Sendable {
    /// What a test has it answer.
    typealias Answer = @Sendable (HTTPRequest) async throws -> HTTPResponse

    private let answer: Mutex<Answer> = Mutex(echo)
    private let server: Mutex<HTTPServer?> = Mutex(nil)
    private let count = Atomic<Int>(0)

    private static let echo: Answer = { request in
        let content = try await request.body.collect(upTo: 1 << 26)
        let fields = request.head.fields.all.map { field in
            String(decoding: field.name, as: UTF8.self).lowercased() + ": "
                + String(decoding: field.value, as: UTF8.self)
        }
        let value: JSONValue = .object([
            "target": .string(request.head.target), "method": .string("\(request.head.method)"),
            "fields": .array(fields.map { .string($0) }), "bytes": .number(JSONNumber(content.count)),
        ])
        return HTTPResponse(
            .ok,
            fields: ["content-type": "application/json"],
            body: HTTPBody(try JSONText.encode(value))
        )
    }

    /// Begins to listen on a port that the system chooses.
    static func start() async throws -> EchoGateway {
        let gateway = EchoGateway()
        let server = try await HTTPServer.start(at: .loopback(port: 0), on: try TestLoops.two) { request in
            gateway.count.add(1, ordering: .relaxed)
            return try await gateway.answer.withLock { $0 }(request)
        }
        gateway.server.withLock { $0 = server }
        return gateway
    }

    /// Where it listens, also when it does no more.
    var port: UInt16 { server.withLock { $0?.address.port } ?? 0 }

    /// How many requests it got.
    var requests: Int { count.load(ordering: .relaxed) }

    /// Has it answer otherwise from now on.
    func answers(_ answer: @escaping Answer) { self.answer.withLock { $0 = answer } }

    /// Listens no more.
    func stop() async { _ = await server.withLock { $0 }?.drain() }
}
