import HTTP
import Reactor
import TestSupport
import Testing

/// A server on a port of its own, for one test.
enum TestServer {
    private static let spare = Result { () throws(SystemError) in try EventLoopGroup(count: 2) }
    private static let one = Result { () throws(SystemError) in try EventLoopGroup(count: 1) }

    /// The loops that all tests share.
    static var group: EventLoopGroup { get throws { try TestLoops.two } }
    /// Loops that carry little, for tests of timeouts.
    static var quiet: EventLoopGroup { get throws { try spare.get() } }
    /// A single loop, for what is counted by loop.
    static var single: EventLoopGroup { get throws { try one.get() } }

    /// Starts a server, runs `body` against it, drains it, and checks that nothing is left of it.
    ///
    /// `change` sets what differs from the defaults; those for draining and lingering are short here. It `drains` unless
    /// `body` has done so, and not in peace.
    static func run(
        at address: SocketAddress = .loopback(port: 0),
        on group: EventLoopGroup? = nil,
        drains: Bool = true,
        _ change: (inout HTTPServerSettings) -> Void = { _ in },
        handler: @escaping HTTPHandler,
        _ body: @escaping @Sendable (HTTPServer) async throws -> Void
    ) async throws {
        var settings = HTTPServerSettings()
        settings.drainIdleTimeout = .milliseconds(20)
        settings.lingerTimeout = .milliseconds(500)
        change(&settings)
        let group = try group ?? Self.group
        let server = try await HTTPServer.start(at: address, on: group, settings: settings, handler: handler)
        do {
            try await TestExecutor.run { try await body(server) }
        } catch {
            _ = await server.drain()
            throw error
        }
        guard drains else { return }
        let began = MonotonicInstant.now
        #expect(await server.drain() == .drained)
        // It ended because the last connection did, not because time was up.
        #expect(MonotonicInstant.now - began < settings.drainTimeout)
        let counters = await server.counters
        #expect(counters.connectionsOpen == 0)
        #expect(counters.requestsActive == 0)
    }
}

extension HTTPServer {
    /// Waits until the counters are as they should be; they change on the loop, a moment after their cause.
    func settles(
        within limit: Duration = .seconds(20),
        _ condition: (HTTPServerCounters) -> Bool
    ) async -> Bool {
        let end = MonotonicInstant.now + limit
        while MonotonicInstant.now < end, !Task.isCancelled {
            if condition(await counters) { return true }
            await Task.yield()
        }
        return false
    }

    /// Drains, and reads what was counted once nothing runs any more.
    func finalCounters() async -> HTTPServerCounters {
        let began = MonotonicInstant.now
        #expect(await drain() == .drained)
        // It ended because the last connection did, not because the default time was up.
        #expect(MonotonicInstant.now - began < HTTPServerSettings().drainTimeout)
        return await counters
    }
}
