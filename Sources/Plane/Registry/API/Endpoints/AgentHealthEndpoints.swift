import HTTP
import JSON

/// `agent/health/service/…`: the health of instances as a status, for load balancers that understand no more.
enum AgentHealthEndpoints {
    fileprivate struct Health {
        let instance: ServiceInstance
        let checks: [HealthCheck]

        var word: String { checks.aggregated }
    }

    static let byID: Endpoint.Handler = { api, request in
        let id = try request.requiredName("Missing service ID")
        return try await api.registry.read { (state) throws(Refusal) in
            let key = ServiceKey(node: api.agent.name, id: id)
            guard let instance = state.tables.services[key], instance.isAgents else {
                return missing(request)
            }
            let health = health(of: instance, in: state)
            return answer(request, health.word) { $0.write(health) }
        }
    }

    static let byName: Endpoint.Handler = { api, request in
        let name = try request.requiredName("Missing service Name")
        return try await api.registry.read { (state) throws(Refusal) in
            let keys = state.tables.instances[name.lowercased()] ?? []
            let all = keys.compactMap { state.tables.services[$0] }
                .filter { $0.isAgents && $0.node == api.agent.name }
                .map { health(of: $0, in: state) }
            guard !all.isEmpty else { return missing(request, isList: true) }
            let worst = all.map(\.word).max { rank($0) < rank($1) } ?? "critical"
            return answer(request, worst) { json in json.array(all) { $0.write($1) } }
        }
    }

    private static func health(of instance: ServiceInstance, in state: RegistryState) -> Health {
        Health(instance: instance, checks: state.tables.checks(on: instance.key))
    }

    private static func rank(_ word: String) -> Int {
        ["passing", "warning", "critical", "maintenance"].firstIndex(of: word) ?? 0
    }

    private static func status(of word: String) -> HTTPStatus {
        switch word {
        case "passing": .ok
        case "warning": 429
        default: .serviceUnavailable
        }
    }

    private static func wantsText(_ request: APIRequest) -> Bool {
        request.query["format"] == "text" || request.head.fields["accept"]?.hasPrefix("text/plain") == true
    }

    private static func answer(
        _ request: APIRequest,
        _ word: String,
        _ body: (inout JSONWriter) -> Void
    ) -> APIAnswer {
        var answer = wantsText(request) ? .text(word) : APIAnswer.json(request, body)
        answer.status = status(of: word)
        return answer.with("x-consul-reason", word)
    }

    private static func missing(_ request: APIRequest, isList: Bool = false) -> APIAnswer {
        var answer =
            wantsText(request)
            ? .text("critical")
            : APIAnswer.json(request) { json in
                guard !isList else { return json.texts([]) }
                json.object { json in
                    json.member("AggregatedStatus", "critical")
                    json.key("Service")
                    json.null()
                    json.key("Checks")
                    json.null()
                }
            }
        answer.status = .notFound
        return answer.with("x-consul-reason", "critical")
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ health: AgentHealthEndpoints.Health) {
        object { json in
            json.member("AggregatedStatus", health.word)
            json.key("Service")
            json.agentService(health.instance)
            json.key("Checks")
            json.array(health.checks) { $0.check($1) }
        }
    }
}
