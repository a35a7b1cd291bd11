import HTTP
import JSON

/// Health (consul-http-api.md §4.4).
enum HealthEndpoints {
    static let all: [Endpoint] = [
        Endpoint("/v1/health/service/*", (.get, service)),
        Endpoint("/v1/health/checks/*", (.get, checks)),
        Endpoint("/v1/health/node/*", (.get, node)),
        Endpoint("/v1/health/state/*", (.get, state)),
        Endpoint("/v1/health/connect/*", (.get, CatalogEndpoints.noMesh)),
        Endpoint("/v1/health/ingress/*", (.get, CatalogEndpoints.noMesh)),
    ]

    private static let service: Endpoint.Handler = { api, request in
        let name = try request.requiredName("Missing service name")
        let tags = request.query.all("tag")
        let isPassing = try passing(request)
        let isElsewhere = !(request.query["peer"] ?? "").isEmpty
        return try await api.read(request, .service(name)) {
            (state, options, json) throws(Refusal) in
            json.beginArray()
            for key in isElsewhere ? [] : state.tables.instances[name.lowercased()] ?? [] {
                guard let (node, instance) = state.tables.located(key), instance.has(tags: tags) else {
                    continue
                }
                let checks = state.tables.checks(on: key)
                guard !isPassing || checks.allSatisfy({ $0.status == .passing }), options.admits(node),
                    try options.admits(EntryRow(node: node, instance: instance, checks: checks))
                else { continue }
                json.object { json in
                    json.key("Node")
                    json.node(node)
                    json.key("Service")
                    json.instance(instance)
                    json.key("Checks")
                    json.array(checks) { $0.check($1) }
                }
            }
            json.endArray()
        }
    }

    private static func passing(_ request: APIRequest) throws(Refusal) -> Bool {
        guard let text = request.query["passing"] else { return false }
        guard let isPassing = text.isEmpty ? true : QueryParameters.boolean(text) else {
            throw Refusal(.badRequest, "Invalid value for ?passing")
        }
        return isPassing
    }

    private static let checks: Endpoint.Handler = { api, request in
        let name = try request.requiredName("Missing service name")
        return try await api.read(request, .service(name)) {
            (state, options, json) throws(Refusal) in
            let tables = state.tables
            var found: [HealthCheck] = []
            for key in tables.instances[name.lowercased()] ?? [] {
                found += (tables.checksOfService[key] ?? []).compactMap {
                    tables.checks[CheckKey(node: key.node, id: $0)]
                }
            }
            json.beginArray()
            for check in found.sorted(by: { ($0.id, $0.node) < ($1.id, $1.node) }) {
                try json.check(check, tables, options)
            }
            json.endArray()
        }
    }

    private static let node: Endpoint.Handler = { api, request in
        let name = try request.requiredName("Missing node name")
        return try await api.read(request, .node(name)) {
            (state, options, json) throws(Refusal) in
            json.beginArray()
            try json.checks(on: name, nil, state.tables, options)
            json.endArray()
        }
    }

    private static let state: Endpoint.Handler = { api, request in
        let word = try request.requiredName("Missing check state")
        guard word == "any" || CheckStatus(rawValue: word) != nil else {
            throw Refusal(.badRequest, "Invalid check state: \(word)")
        }
        let status = CheckStatus(rawValue: word)
        return try await api.read(request, .checks) { (state, options, json) throws(Refusal) in
            json.beginArray()
            for node in state.tables.allChecksOfNode.keys.sorted() {
                try json.checks(on: node, status, state.tables, options)
            }
            json.endArray()
        }
    }
}

extension JSONWriter {
    /// The checks on a node, with a status or with any, in order of their IDs.
    fileprivate mutating func checks(
        on node: String,
        _ status: CheckStatus?,
        _ tables: Tables,
        _ options: ReadOptions
    ) throws(Refusal) {
        for id in tables.allChecksOfNode[node] ?? [] {
            guard let check = tables.checks[CheckKey(node: node, id: id)],
                status == nil || check.status == status
            else { continue }
            try self.check(check, tables, options)
        }
    }

    /// A check that the options take.
    fileprivate mutating func check(
        _ check: HealthCheck,
        _ tables: Tables,
        _ options: ReadOptions
    ) throws(Refusal) {
        if options.isSelective {
            guard options.admits(tables.nodes[check.node]), try options.admits(CheckRow(check: check)) else {
                return
            }
        }
        self.check(check)
    }
}
