import HTTP
import JSON

/// The catalogue of all nodes (consul-http-api.md §4.3).
enum CatalogEndpoints {
    static let all: [Endpoint] = [
        Endpoint("/v1/catalog/datacenters", (.get, datacenters)),
        Endpoint("/v1/catalog/nodes", (.get, nodes)),
        Endpoint("/v1/catalog/services", (.get, services)),
        Endpoint("/v1/catalog/service/*", (.get, service)),
        Endpoint("/v1/catalog/node/*", (.get, node)),
        Endpoint("/v1/catalog/node-services/*", (.get, nodeServices)),
        Endpoint("/v1/catalog/connect/*", (.get, noMesh)),
        Endpoint("/v1/catalog/gateway-services/*", (.get, noMesh)),
        Endpoint("/v1/catalog/register", (.put, register)),
        Endpoint("/v1/catalog/deregister", (.put, deregister)),
    ]

    private static let datacenters: Endpoint.Handler = { _, request in
        APIAnswer.json(request) { $0.texts([AgentIdentity.datacenter]) }
    }

    private static let nodes: Endpoint.Handler = { api, request in
        try await api.read(request, .nodes) { (state, options, json) throws(Refusal) in
            json.beginArray()
            for node in state.tables.nodes.values.sorted(by: { $0.name < $1.name }) where options.admits(node)
            {
                if try options.admits(NodeRow(node: node)) { json.node(node) }
            }
            json.endArray()
        }
    }

    private static let services: Endpoint.Handler = { api, request in
        try await api.read(request, .services) { (state, options, json) throws(Refusal) in
            json.beginObject()
            for (_, keys) in state.tables.instances.sorted(by: { $0.key < $1.key }) {
                var tags: Set<String> = []
                var name: String?
                var last: [String] = []
                for key in keys {
                    guard let instance = state.tables.services[key] else { continue }
                    if options.isSelective {
                        guard let node = state.tables.nodes[key.node], options.admits(node),
                            try options.admits(CatalogRow(node: node, instance: instance))
                        else { continue }
                    }
                    name = name ?? instance.name
                    // Instances of a service mostly have the same tags.
                    if instance.tags != last {
                        last = instance.tags
                        tags.formUnion(last)
                    }
                }
                guard let name else { continue }
                json.key(name)
                json.texts(tags.sorted())
            }
            json.endObject()
        }
    }

    private static let service: Endpoint.Handler = { api, request in
        let name = try request.requiredName("Missing service name")
        let tags = request.query.all("tag")
        return try await api.read(request, .service(name)) {
            (state, options, json) throws(Refusal) in
            json.beginArray()
            for key in state.tables.instances[name.lowercased()] ?? [] {
                guard let (node, instance) = state.tables.located(key), options.admits(node),
                    instance.has(tags: tags),
                    try options.admits(CatalogRow(node: node, instance: instance))
                else { continue }
                json.row(instance, on: node)
            }
            json.endArray()
        }
    }

    private static let node: Endpoint.Handler = { api, request in
        let name = try request.requiredName("Missing node name")
        return try await api.read(request, .node(name)) {
            (state, options, json) throws(Refusal) in
            guard let node = state.tables.nodes[name] else { return json.null() }
            json.beginObject()
            json.key("Node")
            json.node(node)
            json.key("Services")
            json.beginObject()
            for instance in try state.tables.instances(on: name, options) {
                json.key(instance.id)
                json.instance(instance)
            }
            json.endObject()
            json.endObject()
        }
    }

    private static let nodeServices: Endpoint.Handler = { api, request in
        let name = try request.requiredName("Missing node name")
        return try await api.read(request, .node(name)) {
            (state, options, json) throws(Refusal) in
            let node = state.tables.nodes[name]
            json.beginObject()
            json.key("Node")
            if let node { json.node(node) } else { json.null() }
            json.key("Services")
            json.array(node == nil ? [] : try state.tables.instances(on: name, options)) { $0.instance($1) }
            json.endObject()
        }
    }

    /// There is no mesh: nothing is in it.
    static let noMesh: Endpoint.Handler = { api, request in
        try await api.read(request, .services) { $2.texts([]) }
    }

    private static let register: Endpoint.Handler = { api, request in
        let registration = try CatalogBody.registration(try await request.content())
        _ = try await api.write { (state, now) throws(Refusal) in try state.register(registration, at: now) }
        return .literal(true)
    }

    private static let deregister: Endpoint.Handler = { api, request in
        let target = try CatalogBody.deregistration(try await request.content())
        _ = try await api.write { (state, now) throws(Refusal) in
            state.deregister(node: target.node, serviceID: target.service, checkID: target.check, at: now)
        }
        return .literal(true)
    }
}
