import Documents
import Synchronization
import Vigie

/// The routes of all sources, and the table that is made of them: changed by whole documents, read for each request.
///
/// What serves follows from what the sources say now, and not from the order in which they said it: a route that has no place
/// is left out by itself, and gets it when that is free. A document with a mistake of its own changes nothing.
final class RouteBook: Sendable {
    /// A route or a document that does not serve, and why.
    struct Refusal: Sendable, Hashable {
        /// What is the matter.
        enum Cause: Sendable, Hashable {
            /// The document can't be taken.
            case document
            /// The route names what there is not.
            case unknownName
            /// The gateway's file does not let the service have it.
            case notGranted
            /// A route of this source has its requests, or its id.
            case taken(by: RouteSource)
        }

        let source: RouteSource
        /// The route's id; nil for a document.
        let route: String?
        let cause: Cause
        let reason: String

        /// Whether the source itself is to be told, whatever others say.
        var isOwnMistake: Bool {
            switch cause {
            case .document, .notGranted: true
            case .taken(let other): other == source
            case .unknownName: false
            }
        }
    }

    /// What ``routes`` and refusals are at one moment.
    struct View: Sendable {
        let routes: [GatewayRoute]
        let refusals: [Refusal]
    }

    private struct State {
        var declared: [RouteSource: [RouteDeclaration]] = [:]
        var grants: [ServiceName: [RouteGrant]] = [:]
        /// Why a source's newest document was not taken.
        var refused: [RouteSource: [String]] = [:]
        /// Routes that have no place.
        var left: [Refusal] = []
    }

    private let upstreams: Upstreams
    private let limits: RouteLimits
    private let changes = Mutex(State())
    private let current = Mutex(RouteTableBuilder().build())
    private let lacksStore = Atomic(false)

    init(_ upstreams: Upstreams, _ limits: RouteLimits) {
        self.upstreams = upstreams
        self.limits = limits
    }

    /// The table in force. Costs one lock that is held for a moment.
    var table: RouteTable { current.withLock { $0 } }

    /// Whether there may be routes that nobody has told of yet: a registry keeps some and has not been heard.
    var isIncomplete: Bool {
        get { lacksStore.load(ordering: .relaxed) }
        set { lacksStore.store(newValue, ordering: .relaxed) }
    }

    /// All that serves, and all that does not.
    var view: View {
        changes.withLock { state in
            let documents = state.refused.flatMap { source, reasons in
                reasons.map { Refusal(source: source, route: nil, cause: .document, reason: $0) }
            }
            return View(
                routes: table.routes,
                refusals: documents.sorted { $0.source < $1.source } + state.left
            )
        }
    }

    /// Whether a source has declared any, in force or not.
    func declares(_ source: RouteSource) -> Bool {
        changes.withLock { $0.declared[source]?.isEmpty == false }
    }

    /// The routes of a source that have no place now.
    func left(of source: RouteSource) -> [Refusal] {
        changes.withLock { state in state.left.filter { $0.source == source } }
    }

    /// Puts what the file says in the place of what it said.
    ///
    /// - Throws: ``DocumentError`` where a route of it would have no place; nothing has changed then.
    func set(_ document: GatewayDocument) throws(DocumentError) {
        try changes.withLock { (state) throws(DocumentError) in
            var new = state
            new.declared[.file] = document.routes
            new.grants = document.grants
            try commit(new, to: &state, changing: .file, rates: document.rates) { _ in true }
        }
    }

    /// Puts a source's routes in the place of those that it had.
    ///
    /// - Parameters:
    ///   - routes: what it declares.
    ///   - source: the source.
    ///   - isMistake: whether one of them may not be left out as it is.
    /// - Throws: ``DocumentError`` with all mistakes; nothing has changed then.
    func set(
        _ routes: [RouteDeclaration],
        of source: RouteSource,
        refusing isMistake: (Refusal) -> Bool
    ) throws(DocumentError) {
        try changes.withLock { (state) throws(DocumentError) in
            var new = state
            new.declared[source] = routes
            try commit(new, to: &state, changing: source, isMistake)
        }
    }

    /// The same, whichever of them have a place.
    func set(_ routes: [RouteDeclaration], of source: RouteSource) {
        changes.withLock { state in
            state.declared[source] = routes
            install(build(state), &state)
        }
    }

    /// Keeps in mind why a source's newest document was not taken; `nil`: it was.
    func refuse(_ source: RouteSource, _ error: DocumentError?) {
        changes.withLock { $0.refused[source] = error?.mistakes }
    }

    // MARK: The table

    private func commit(
        _ new: State,
        to state: inout State,
        changing source: RouteSource,
        rates: [RateLimit]? = nil,
        _ isMistake: (Refusal) -> Bool
    ) throws(DocumentError) {
        let before = limits.snapshot
        if let rates { limits.adopt(rates) }
        let result = build(new)
        let mistakes = result.left.filter { $0.source == source && isMistake($0) }
        guard mistakes.isEmpty else {
            limits.restore(before)
            upstreams.keep(table.routes)
            throw DocumentError(mistakes: mistakes.map { "\($0.route ?? ""): \($0.reason)" })
        }
        state = new
        install(result, &state)
    }

    private func install(_ result: (table: RouteTable, left: [Refusal]), _ state: inout State) {
        state.left = result.left
        current.withLock { $0 = result.table }
        limits.keep(result.table.routes)
        upstreams.keep(result.table.routes)
    }

    private func build(_ state: State) -> (table: RouteTable, left: [Refusal]) {
        var builder = RouteTableBuilder()
        var left: [Refusal] = []
        var ids: [String: RouteSource] = [:]
        for source in state.declared.keys.sorted() {
            for declaration in state.declared[source] ?? [] {
                let refusal = place(declaration, of: source, &ids, &builder, state.grants)
                if let refusal { left.append(refusal) }
            }
        }
        return (builder.build(), left)
    }

    /// Adds a route to the table; why not, where that can't be.
    private func place(
        _ declaration: RouteDeclaration,
        of source: RouteSource,
        _ ids: inout [String: RouteSource],
        _ builder: inout RouteTableBuilder,
        _ grants: [ServiceName: [RouteGrant]]
    ) -> Refusal? {
        let refused = { (cause: Refusal.Cause, reason: String) in
            Refusal(source: source, route: declaration.id, cause: cause, reason: reason)
        }
        if case .service(let name) = source, grants[name]?.contains(where: { $0.covers(declaration) }) != true
        {
            let template = declaration.path.template
            return refused(.notGranted, "the gateway's file grants \(name) nothing above \(template)")
        }
        if let other = ids[declaration.id] {
            return refused(.taken(by: other), "another route, of \(other), has the same id")
        }
        let route: GatewayRoute
        do throws(StartError) {
            route = try GatewayRoute(declaration, from: source, upstreams, limits)
        } catch {
            return refused(.unknownName, error.description)
        }
        if let other = builder.add(route)?.other {
            let reason = "its requests are those of \(other.declaration.id), of \(other.source)"
            return refused(.taken(by: other.source), reason)
        }
        ids[declaration.id] = source
        return nil
    }
}
