import Discovery
import HTTP
import JSON
import Reactor
import Synchronization
import TestSupport

/// A registry in the test's own process: what discovery needs of Consul, and all the ways in which it can misbehave.
final class TestConsul: Sendable {
    /// What is done with a request in the place of answering it.
    enum Fault: Sendable {
        case answer(HTTPResponse)
        /// Nothing comes, until the server drains.
        case hang
        /// The head promises more than follows.
        case cut
    }

    let state = Mutex(ConsulModel())
    private let fault: Mutex<(@Sendable (HTTPRequestHead) -> Fault?)?> = Mutex(nil)
    private let heads: Mutex<[HTTPRequestHead]> = Mutex([])
    private let bound: Mutex<HTTPServer?> = Mutex(nil)
    private let ending = Latch()

    /// Runs one while `body` does.
    static func run(_ body: (TestConsul) async throws -> Void) async throws {
        let consul = TestConsul()
        var settings = HTTPServerSettings()
        settings.requestTimeout = .seconds(300)
        settings.drainIdleTimeout = .milliseconds(10)
        settings.drainTimeout = .milliseconds(100)
        let server = try await HTTPServer.start(at: .loopback(port: 0), on: TestLoops.two, settings: settings)
        {
            try await consul.answer($0)
        }
        consul.bound.withLock { $0 = server }
        let result: Result<Void, any Error>
        do { result = .success(try await body(consul)) } catch { result = .failure(error) }
        consul.ending.open()
        _ = await server.drain()
        try result.get()
    }

    var address: ConsulAddress {
        ConsulAddress(HTTPDestination(bound.withLock { $0?.address } ?? .loopback(port: 1)))
    }

    /// A client of it, with a client of HTTP of its own.
    func client(_ change: (inout ConsulSettings) -> Void = { _ in }) throws -> ConsulClient {
        var settings = ConsulSettings()
        settings.address = address
        change(&settings)
        return ConsulClient(
            settings,
            over: HTTPClient(on: try TestLoops.two, settings: ConsulClient.httpSettings)
        )
    }

    /// The targets that were asked for, with their methods.
    var requests: [String] { heads.withLock { $0.map { "\($0.method) \($0.target)" } } }
    var requestHeads: [HTTPRequestHead] { heads.withLock { $0 } }

    /// From now on `choose` decides what goes wrong; nil for nothing.
    func misbehave(_ choose: (@Sendable (HTTPRequestHead) -> Fault?)?) { fault.withLock { $0 = choose } }

    func misbehave(with status: HTTPStatus, _ text: String = "") {
        misbehave { _ in .answer(HTTPResponse(status, body: HTTPBody(text))) }
    }

    // MARK: Answers

    private func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        heads.withLock { $0.append(request.head) }
        switch fault.withLock({ $0 })?(request.head) {
        case .answer(let response): return response
        case .hang:
            await ending.wait()
            return HTTPResponse(.serviceUnavailable)
        case .cut:
            return HTTPResponse(.ok, fields: ["x-consul-index": "7"], body: HTTPBody(Short(), length: 100))
        case nil: break
        }
        let content = try await request.body.collect(upTo: 1 << 20)
        let query = Query(request.head.query ?? "")
        let path = Query.decode(request.head.path)
        let reply = await wait(query) { state in
            state.reply(request.head.method.name, path, query, content)
        }
        var response = HTTPResponse(reply.status, body: HTTPBody(reply.body))
        if let index = reply.index { response.head.fields.append("x-consul-index", String(index)) }
        return response
    }

    /// Blocks as Consul does: until the reply's index is above the one that the caller knows, or the wait is over.
    private func wait(
        _ query: Query,
        _ reply: (inout ConsulModel) -> ConsulModel.Reply
    ) async -> ConsulModel.Reply {
        guard let known = query["index"].flatMap({ UInt64($0) }), known > 0 else {
            return state.withLock { reply(&$0) }
        }
        let wait = Int(query["wait"]?.dropLast(2) ?? "") ?? 300_000
        let end = MonotonicInstant.now + .milliseconds(wait)
        while true {
            let current = state.withLock { reply(&$0) }
            guard let index = current.index, index <= known, .now < end, let loop = EventLoop.current,
                (try? await loop.sleep(for: .milliseconds(2))) != nil
            else { return current }
        }
    }

    private struct Short: AsyncSequence, AsyncIteratorProtocol, Sendable {
        var isOver = false

        mutating func next() async throws -> [UInt8]? {
            defer { isOver = true }
            return isOver ? nil : Array("[{".utf8)
        }
        func makeAsyncIterator() -> Short { self }
    }
}

/// A request's query, decoded.
struct Query: Sendable {
    private let pairs: [(String, String)]

    init(_ text: String) {
        pairs = text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decode(String(parts[0])), parts.count > 1 ? Self.decode(String(parts[1])) : "")
        }
    }

    subscript(name: String) -> String? { pairs.first { $0.0 == name }?.1 }

    static func decode(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
