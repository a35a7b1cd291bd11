import Discovery
import Documents
import JSON
import Reactor
import Synchronization
import Telemetry
import Vigie

/// The routes that operators add to all gateways: kept in the registry's store, one a key, and followed there; without a
/// registry in the memory of this process alone.
///
/// What is written here is in force at once. An answer of the store that is older than a write must not take it back, so
/// answers that come while one is on its way wait for its end, when the store is read again, and the newest of them counts.
final class OperatorRoutes: Sendable {
    /// What the store had, and when.
    private struct Content {
        let pairs: [KeyValuePair]
        /// `X-Consul-Index`.
        let index: UInt64
    }

    private struct State {
        /// What operators want, by id; what has no place is left out of the table.
        var known: [String: RouteDeclaration] = [:]
        /// Writes that are on their way.
        var writes = 0
        /// The newest content that was read meanwhile.
        var waiting: Content?
        /// The index of the content in force.
        var index: UInt64 = 0
        /// Whether the store was read once, or found away.
        var isSettled = false
    }

    private let discovery: ServiceDiscovery?
    private let book: RouteBook
    private let logger: Logger
    private let state = Mutex(State())

    init(_ discovery: ServiceDiscovery?, _ book: RouteBook, _ logger: Logger) {
        self.discovery = discovery
        self.book = book
        self.logger = logger
        book.isIncomplete = discovery != nil
    }

    /// Whether what the store had first is in force, or it was found away.
    var isSettled: Bool { state.withLock { $0.isSettled } }

    /// Whether there is one with this id, in force or not.
    func contains(_ id: String) -> Bool { state.withLock { $0.known[id] != nil } }

    /// Whether they outlive the process.
    var areKept: Bool { discovery != nil }

    /// Adds a route, or changes the one with its id: in force here at once, and on the others when they hear of it.
    ///
    /// - Throws: ``DocumentError`` for one that can't be taken; `ConsulError` where it can't be kept: nothing has changed then.
    func put(_ route: RouteDeclaration, _ document: [UInt8]) async throws {
        let before = try begin(route.id, route)
        do {
            _ = try await discovery?.client.put(key(of: route.id), document)
        } catch {
            undo(route.id, before)
            await end()
            throw error
        }
        await end()
    }

    /// Takes a route away, and a document in the store that can't be read as one; false where there is none.
    ///
    /// - Throws: `ConsulError` where the registry does not take it: nothing has changed then.
    func remove(_ id: String) async throws -> Bool {
        guard contains(id) else { return try await removeUnread(id) }
        let before = begin(id)
        do {
            _ = try await discovery?.client.delete(key(of: id))
        } catch {
            undo(id, before)
            await end()
            throw error
        }
        await end()
        return true
    }

    private func removeUnread(_ id: String) async throws -> Bool {
        guard let client = discovery?.client, try await client.value(of: key(of: id)).value != nil else {
            return false
        }
        return try await client.delete(key(of: id))
    }

    /// Follows the store until the task is cancelled.
    func run(on loop: EventLoop) async {
        guard let client = discovery?.client else { return }
        var index: UInt64 = 0
        await QueryRunner(loop: loop).run(
            ask: { (poll) async throws(ConsulError) in
                let found = try await client.values(under: DiscoveryKeys.operatorRoutes, poll)
                index = found.index ?? 0
                return found
            },
            answer: { (pairs, isReset) async throws(ConsulError) in
                take(Content(pairs: pairs, index: index), isReset: isReset)
            },
            failure: { error in
                state.withLock { $0.isSettled = true }
                logger.debug("operators' routes not asked for", ["error": "\(error)"])
            }
        )
    }

    // MARK: Writes

    /// Has a route in force, if that leaves none of the operators' out that was not before; what was there before.
    private func begin(_ id: String, _ route: RouteDeclaration) throws(DocumentError) -> RouteDeclaration? {
        try state.withLock { (state) throws(DocumentError) in
            var routes = state.known
            routes[id] = route
            let left = Set(book.left(of: .admin).map(\.route)).subtracting([id])
            try book.set(Self.sorted(routes), of: .admin) { !left.contains($0.route) }
            defer { (state.known, state.writes) = (routes, state.writes + 1) }
            return state.known[id]
        }
    }

    /// Has a route no more in force; what was there before.
    private func begin(_ id: String) -> RouteDeclaration? {
        state.withLock { state in
            let before = state.known.removeValue(forKey: id)
            book.set(Self.sorted(state.known), of: .admin)
            state.writes += 1
            return before
        }
    }

    private func undo(_ id: String, _ before: RouteDeclaration?) {
        state.withLock { state in
            state.known[id] = before
            book.set(Self.sorted(state.known), of: .admin)
        }
    }

    private static func sorted(_ routes: [String: RouteDeclaration]) -> [RouteDeclaration] {
        routes.values.sorted { $0.id < $1.id }
    }

    /// Reads what the store has behind a write.
    private func end() async {
        var content: Content?
        // Where it can't be read now, whoever follows it hears of the write.
        if let found = try? await discovery?.client.values(under: DiscoveryKeys.operatorRoutes) {
            content = Content(pairs: found.value, index: found.index ?? 0)
        }
        let due = state.withLock { state -> Content? in
            state.writes -= 1
            if let content, content.index >= state.waiting?.index ?? 0 { state.waiting = content }
            guard state.writes == 0 else { return nil }
            return state.waiting.take()
        }
        if let due { take(due, isReset: false) }
    }

    // MARK: The store

    private func take(_ content: Content, isReset: Bool) {
        let mistakes = state.withLock { state -> [String]? in
            if isReset { (state.index, state.waiting) = (0, nil) }
            // A registry that has lost its state has not taken the routes back.
            guard !isReset || !content.pairs.isEmpty else { return nil }
            guard content.index >= max(state.index, state.waiting?.index ?? 0) else { return nil }
            guard state.writes == 0 else {
                state.waiting = content
                return nil
            }
            state.index = content.index
            return install(content, &state)
        }
        guard let mistakes else { return }
        book.refuse(.admin, mistakes.isEmpty ? nil : DocumentError(mistakes: mistakes))
        book.isIncomplete = false
        state.withLock { $0.isSettled = true }
        let all = mistakes + book.left(of: .admin).map { "\($0.route ?? ""): \($0.reason)" }
        guard !all.isEmpty else { return }
        logger.warning("operators' routes are refused", ["mistakes": .string(all.joined(separator: "\n"))])
    }

    /// Puts all in force that can be; what is wrong with the rest.
    private func install(_ content: Content, _ state: inout State) -> [String] {
        var routes: [String: RouteDeclaration] = [:]
        var mistakes: [String] = []
        for pair in content.pairs {
            do throws(DocumentError) {
                let route = try GatewayDocument.route(parsing: pair.value)
                routes[route.id] = route
            } catch {
                mistakes += error.mistakes.map { "\(pair.key): \($0)" }
            }
        }
        if routes != state.known {
            state.known = routes
            book.set(Self.sorted(routes), of: .admin)
        }
        return mistakes
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
