public import Reactor

/// Answers a request. Runs on the event loop of its connection: nothing in it may block. An error it throws becomes a
/// 500 without detail, unless it has a problem to tell (``ProblemConvertible``).
public typealias HTTPHandler = @Sendable (HTTPRequest) async throws -> HTTPResponse

/// An HTTP/1.1 server on one address, served by all loops of a group.
public final class HTTPServer: Sendable {
    /// How a drain ended.
    public enum DrainResult: Sendable, Equatable {
        /// Every request in flight was answered.
        case drained
        /// Time ran out; so many connections were cut.
        case forced(connections: Int)
    }

    /// Where it listens, with the port that the kernel chose when 0 was asked for.
    public let address: SocketAddress
    private let loops: [ServerLoop]

    /// Begins to listen and serve.
    ///
    /// - Throws: ``SystemError``, naming the address and what to do.
    public static func start(
        at address: SocketAddress,
        on group: EventLoopGroup,
        settings: HTTPServerSettings = HTTPServerSettings(),
        handler: @escaping HTTPHandler
    ) async throws(SystemError) -> HTTPServer {
        var sockets = try ListeningSockets.open(address, count: group.loops.count)
        let bound = sockets.address
        var loops: [ServerLoop] = []
        for loop in group.loops {
            guard let socket = sockets.take() else { break }
            let server = ServerLoop(loop)
            loops.append(server)
            try await server.start(socket.release(), settings, handler)
        }
        return HTTPServer(address: bound, loops: loops)
    }

    private init(address: SocketAddress, loops: [ServerLoop]) {
        self.address = address
        self.loops = loops
    }

    /// Stops accepting, lets requests in flight finish, tells each client by `Connection: close`, and returns when all
    /// connections have ended or ``HTTPServerSettings/drainTimeout`` is over. Cancelling the task ends it at once.
    public func drain() async -> DrainResult {
        let cut = await withTaskGroup(of: Int.self) { group in
            for loop in loops { group.addTask { await loop.drain() } }
            return await group.reduce(0, +)
        }
        if case .unix(let path) = address { SocketFile.remove(path) }
        return cut == 0 ? .drained : .forced(connections: cut)
    }

    /// What has been counted on all loops.
    public var counters: HTTPServerCounters {
        get async {
            var sum = HTTPServerCounters()
            for loop in loops { sum = await sum + loop.counters }
            return sum
        }
    }
}
