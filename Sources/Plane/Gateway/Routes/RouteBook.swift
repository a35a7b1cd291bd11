import Documents
import Synchronization
import Vigie

/// The routes of all sources, and the table that is made of them: changed by whole documents, read for each request.
///
/// A document with a mistake changes nothing: its reasons are kept, and what was there before serves on.
final class RouteBook: Sendable {
    /// A route or a document that does not serve, and why.
    struct Refusal: Sendable, Hashable {
        let source: RouteSource
        /// The route's id; nil for a document.
        let route: String?
        let reason: String
    }

    /// What ``routes`` and refusals are at one moment.
    struct View: Sendable {
        let routes: [GatewayRoute]
        let refusals: [Refusal]
    }

    private struct State {
        var declared: [RouteSource: [RouteDeclaration]] = [:]
        var rates: [RateLimit] = []
        /// Why a source's newest document was not taken.
        var refused: [RouteSource: [String]] = [:]
        /// Routes that others are in the way of.
        var overlaps: [Refusal] = []
    }

    private let upstreams: Upstreams
    private let limits: RouteLimits
    private let changes = Mutex(State())
    private let current = Mutex(RouteTableBuilder().build())

    init(_ upstreams: Upstreams, _ limits: RouteLimits) {
        self.upstreams = upstreams
        self.limits = limits
    }

    /// The table in force. Costs one lock that is held for a moment.
    var table: RouteTable { current.withLock { $0 } }

    /// All that serves, and all that does not.
    var view: View {
        changes.withLock { state in
            let documents = state.refused.flatMap { source, reasons in
                reasons.map { Refusal(source: source, route: nil, reason: $0) }
            }
            return View(
                routes: table.routes,
                refusals: documents.sorted { $0.source < $1.source } + state.overlaps
            )
        }
    }

    /// The routes that a source has declared.
    func routes(of source: RouteSource) -> [RouteDeclaration] {
        changes.withLock { $0.declared[source] ?? [] }
    }

    /// Puts the file's rates and routes in the place of those that it had.
    ///
    /// - Throws: as ``set(_:of:)``; the old rates stay then, too.
    func set(_ routes: [RouteDeclaration], rates: [RateLimit]) throws(DocumentError) {
        let before = changes.withLock { $0.rates }
        limits.adopt(rates)
        do throws(DocumentError) {
            try set(routes, of: .file)
        } catch {
            limits.adopt(before)
            throw error
        }
        changes.withLock { $0.rates = rates }
    }

    /// Puts a source's routes in the place of those that it had.
    ///
    /// - Throws: ``DocumentError`` where they can't be taken: two of them want the same requests, or one that comes before
    ///   them in order has theirs; the old ones stay.
    func set(_ routes: [RouteDeclaration], of source: RouteSource) throws(DocumentError) {
        try changes.withLock { (state) throws(DocumentError) in
            var declared = state.declared
            declared[source] = routes.isEmpty ? nil : routes
            let (table, overlaps) = try build(declared)
            let own = overlaps.filter { $0.source == source }
            guard own.isEmpty else {
                throw DocumentError(mistakes: own.map { "\($0.route ?? ""): \($0.reason)" })
            }
            state.declared = declared
            state.overlaps = overlaps
            current.withLock { $0 = table }
            limits.keep(Set(table.routes.map(\.declaration.id)))
        }
    }

    /// Keeps in mind why a source's newest document was not taken; `nil`: it was.
    func refuse(_ source: RouteSource, _ error: DocumentError?) {
        changes.withLock { $0.refused[source] = error?.mistakes }
    }

    private func build(
        _ declared: [RouteSource: [RouteDeclaration]]
    ) throws(DocumentError) -> (RouteTable, [Refusal]) {
        var builder = RouteTableBuilder()
        var refusals: [Refusal] = []
        var ids: [String: RouteSource] = [:]
        for source in declared.keys.sorted() {
            for declaration in declared[source] ?? [] {
                if let other = ids[declaration.id] {
                    let reason = "another route, of \(other), has the same id"
                    refusals.append(Refusal(source: source, route: declaration.id, reason: reason))
                    continue
                }
                let route: GatewayRoute
                do throws(StartError) {
                    route = try GatewayRoute(declaration, from: source, upstreams, limits)
                } catch {
                    refusals.append(Refusal(source: source, route: declaration.id, reason: error.description))
                    continue
                }
                ids[declaration.id] = source
                guard let overlap = builder.add(route) else { continue }
                let other = overlap.other
                let reason = "its requests are those of \(other.declaration.id), of \(other.source)"
                refusals.append(Refusal(source: source, route: declaration.id, reason: reason))
            }
        }
        return (builder.build(), refusals)
    }
}
