import HTTP
import JSON

/// The agent's checks (consul-http-api.md §4.2).
enum AgentCheckEndpoints {
    static let all: [Endpoint] = [
        Endpoint("/v1/agent/checks", (.get, checks)),
        Endpoint("/v1/agent/check/register", (.put, register)),
        Endpoint("/v1/agent/check/deregister/*", (.put, deregister)),
        Endpoint("/v1/agent/check/pass/*", (.put, report(.passing))),
        Endpoint("/v1/agent/check/warn/*", (.put, report(.warning))),
        Endpoint("/v1/agent/check/fail/*", (.put, report(.critical))),
        Endpoint("/v1/agent/check/update/*", (.put, update)),
    ]

    private static let checks: Endpoint.Handler = { api, request in
        let options = try ReadOptions(request)
        return try await api.registry.read { (state) throws(Refusal) in
            let own = state.tables.checks.values.filter { $0.isAgents && $0.node == api.agent.name }
            return try APIAnswer.json(request) { (json) throws(Refusal) in
                json.beginObject()
                for check in own.sorted(by: { $0.id < $1.id })
                where try options.admits(CheckRow(check: check)) {
                    json.key(check.id)
                    json.check(check)
                }
                json.endObject()
            }
        }
    }

    private static let register: Endpoint.Handler = { api, request in
        let registration = try CheckBody.read(try BodyFields(decoding: try await request.content()))
        return try await api.write { (state, now) throws(Refusal) in
            try state.registerCheck(registration, at: now)
        }
    }

    private static let deregister: Endpoint.Handler = { api, request in
        let id = try request.requiredName("Missing check ID")
        return try await api.write { (state, now) throws(Refusal) in try state.deregisterCheck(id, at: now) }
    }

    private static func report(_ status: CheckStatus) -> Endpoint.Handler {
        { api, request in
            let id = try request.requiredName("Missing check ID")
            let note = request.query["note"] ?? ""
            return try await api.write { (state, now) throws(Refusal) in
                try state.report(id, status, output: note, at: now)
            }
        }
    }

    private static let update: Endpoint.Handler = { api, request in
        let id = try request.requiredName("Missing check ID")
        var fields = try BodyFields(decoding: try await request.content())
        let word = try fields.text("Status") ?? ""
        let output = try fields.text("Output") ?? ""
        guard let status = CheckStatus(rawValue: word) else {
            throw Refusal(.badRequest, "Invalid check status: '\(word)'")
        }
        return try await api.write { (state, now) throws(Refusal) in
            try state.report(id, status, output: output, at: now)
        }
    }
}
