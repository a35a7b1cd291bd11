import Discovery
import Documents
import JSON
import Reactor
import Synchronization
import Telemetry
import Vigie

/// The routes that operators add to all gateways: kept in the registry's store, one a key, and followed there; without a
/// registry in the memory of this process alone.
final class OperatorRoutes: Sendable {
    private let discovery: ServiceDiscovery?
    private let book: RouteBook
    private let logger: Logger
    private let known = Mutex<[String: RouteDeclaration]>([:])

    init(_ discovery: ServiceDiscovery?, _ book: RouteBook, _ logger: Logger) {
        self.discovery = discovery
        self.book = book
        self.logger = logger
    }

    /// Whether they outlive the process.
    var areKept: Bool { discovery != nil }

    /// Adds a route, or changes the one with its id: in force here at once, and on the others when they hear of it.
    ///
    /// - Throws: ``DocumentError`` for one that can't be taken; `ConsulError` where it can't be kept: nothing has changed then.
    func put(_ route: RouteDeclaration, _ document: [UInt8]) async throws {
        let before = try apply { $0[route.id] = route }
        do {
            _ = try await discovery?.client.put(key(of: route.id), document)
        } catch {
            try apply { $0 = before }
            throw error
        }
    }

    /// Takes a route away; false where there is none.
    ///
    /// - Throws: `ConsulError` where the registry does not take it: nothing has changed then.
    func remove(_ id: String) async throws -> Bool {
        guard known.withLock({ $0[id] != nil }) else { return false }
        _ = try await discovery?.client.delete(key(of: id))
        try apply { $0[id] = nil }
        return true
    }

    /// Follows the store until the task is cancelled.
    func run(on loop: EventLoop) async {
        guard let client = discovery?.client else { return }
        await QueryRunner(loop: loop).run(
            ask: { (poll) async throws(ConsulError) in
                try await client.values(under: DiscoveryKeys.operatorRoutes, poll)
            },
            answer: { (pairs, isReset) async throws(ConsulError) in
                // A registry that has lost its state has not taken the routes back.
                if !isReset || !pairs.isEmpty { take(pairs) }
            },
            failure: { error in
                logger.debug("operators' routes not asked for", ["error": "\(error)"])
            }
        )
    }

    private func take(_ pairs: [KeyValuePair]) {
        var routes: [String: RouteDeclaration] = [:]
        var mistakes: [String] = []
        for pair in pairs {
            do throws(DocumentError) {
                let route = try GatewayDocument.route(parsing: pair.value)
                routes[route.id] = route
            } catch {
                mistakes += error.mistakes.map { "\(pair.key): \($0)" }
            }
        }
        do throws(DocumentError) {
            try apply { $0 = routes }
        } catch {
            mistakes += error.mistakes
        }
        guard !mistakes.isEmpty else { return }
        book.refuse(.admin, DocumentError(mistakes: mistakes))
        logger.warning(
            "operators' routes are refused",
            ["mistakes": .string(mistakes.joined(separator: "\n"))]
        )
    }

    /// Changes the set; what it was before.
    @discardableResult private func apply(
        _ change: (inout [String: RouteDeclaration]) -> Void
    ) throws(DocumentError) -> [String: RouteDeclaration] {
        try known.withLock { (known) throws(DocumentError) in
            var routes = known
            change(&routes)
            defer { known = routes }
            guard routes != known else { return known }
            let before = known
            do throws(DocumentError) {
                try book.set(routes.values.sorted { $0.id < $1.id }, of: .admin)
            } catch {
                routes = before
                throw error
            }
            return before
        }
    }

    private func key(of id: String) -> String {
        // Any id is one key, without a slash of its own.
        let text = id.utf8.map { byte in
            let isPlain = byte &- 48 < 10 || byte | 0x20 &- 97 < 26 || byte == UInt8(ascii: "-")
            return isPlain ? String(UnicodeScalar(byte)) : "_" + String(byte, radix: 16) + "_"
        }
        return DiscoveryKeys.operatorRoutes + text.joined()
    }
}
