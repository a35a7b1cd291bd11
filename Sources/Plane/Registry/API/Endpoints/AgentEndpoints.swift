import HTTP
import JSON

/// The agent's view of its own node (consul-http-api.md §4.1).
enum AgentEndpoints {
    static let all: [Endpoint] = [
        Endpoint("/v1/agent/self", (.get, whoAmI)),
        Endpoint("/v1/agent/members", (.get, members)),
        Endpoint("/v1/agent/services", (.get, services)),
        Endpoint("/v1/agent/service/register", (.put, register)),
        Endpoint("/v1/agent/service/deregister/*", (.put, deregister)),
        Endpoint("/v1/agent/service/maintenance/*", (.put, serviceMaintenance)),
        Endpoint("/v1/agent/service/*", (.get, AgentServiceEndpoint.read)),
        Endpoint("/v1/agent/health/service/id/*", (.get, AgentHealthEndpoints.byID)),
        Endpoint("/v1/agent/health/service/name/*", (.get, AgentHealthEndpoints.byName)),
        Endpoint("/v1/agent/maintenance", (.put, nodeMaintenance)),
        Endpoint("/v1/agent/reload", (.put, { _, _ in .empty })),
        Endpoint("/v1/agent/leave", (.put, leave)),
        Endpoint("/v1/agent/metrics", (.get, metrics)),
        Endpoint(
            "/v1/agent/token/*",
            (.put, { _, _ in throw Refusal(.unauthorized, "ACL support disabled") })
        ),
    ]

    private static let whoAmI: Endpoint.Handler = { api, request in
        APIAnswer.json(request) { $0.agent(api.agent) }
    }

    private static let members: Endpoint.Handler = { api, request in
        let isWAN = !(request.query["wan"] ?? "").isEmpty
        return APIAnswer.json(request) { json in json.array([api.agent]) { $0.member(of: $1, isWAN: isWAN) } }
    }

    private static let services: Endpoint.Handler = { api, request in
        let options = try ReadOptions(request)
        return try await api.registry.read { (state) throws(Refusal) in
            let node = api.agent.name
            return try APIAnswer.json(request) { (json) throws(Refusal) in
                json.beginObject()
                for id in (state.tables.servicesOfNode[node] ?? []).sorted() {
                    guard let instance = state.tables.services[ServiceKey(node: node, id: id)],
                        instance.isAgents,
                        try options.admits(InstanceRow(instance: instance))
                    else { continue }
                    json.key(id)
                    json.agentService(instance)
                }
                json.endObject()
            }
        }
    }

    private static let register: Endpoint.Handler = { api, request in
        let body = try ServiceBody(try await request.content(), node: api.agent.name)
        let replaces = request.query["replace-existing-checks"].map {
            $0.isEmpty || QueryParameters.boolean($0) == true
        }
        return try await api.write { (state, now) throws(Refusal) in
            try state.registerService(
                body.instance,
                checks: body.checks,
                replacesChecks: replaces ?? false,
                at: now
            )
        }
    }

    private static let deregister: Endpoint.Handler = { api, request in
        let id = try request.requiredName("Missing service ID")
        return try await api.write { (state, now) throws(Refusal) in try state.deregisterService(id, at: now)
        }
    }

    private static let serviceMaintenance: Endpoint.Handler = { api, request in
        let id = try request.requiredName("Missing service ID")
        let isOn = try enabled(request)
        let reason = request.query["reason"] ?? ""
        return try await api.write { (state, now) throws(Refusal) in
            try state.setMaintenance(of: id, isOn, reason: reason, at: now)
        }
    }

    private static let nodeMaintenance: Endpoint.Handler = { api, request in
        let isOn = try enabled(request)
        let reason = request.query["reason"] ?? ""
        return try await api.write { (state, now) throws(Refusal) in
            state.setNodeMaintenance(isOn, reason: reason, at: now)
        }
    }

    private static func enabled(_ request: APIRequest) throws(Refusal) -> Bool {
        guard let text = request.query["enable"], !text.isEmpty else {
            throw Refusal(.badRequest, "Missing value for enable")
        }
        guard let isOn = QueryParameters.boolean(text) else {
            throw Refusal(.badRequest, "Invalid value for enable: \"\(text)\"")
        }
        return isOn
    }

    private static let leave: Endpoint.Handler = { api, _ in
        api.leave()
        return .empty
    }

    /// As a development agent without telemetry: the real figures are under `/metrics`.
    private static let metrics: Endpoint.Handler = { _, request in
        if request.query["format"] == "prometheus" { return .text("") }
        return APIAnswer.json(request) { json in
            json.object { json in
                json.member("Timestamp", "1970-01-01 00:00:00 +0000 UTC")
                for name in ["Gauges", "Points", "Counters", "Samples"] {
                    json.key(name)
                    json.texts([])
                }
            }
        }
    }
}
