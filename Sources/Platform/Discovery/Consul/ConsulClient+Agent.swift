import HTTP

/// What the agent knows and does.
extension ConsulClient {
    /// Who the agent is.
    public func agentSelf() async throws(ConsulError) -> ConsulAgent {
        try decode(
            ConsulAgent.self,
            try await send(ConsulTarget("/v1/agent/self"), Call(takesDatacenter: false))
        )
    }

    /// Registers an instance with its check, or replaces the one of the same id. A check that is there already keeps its
    /// status; checks that are not named go.
    public func register(_ definition: ServiceDefinition) async throws(ConsulError) {
        var target = ConsulTarget("/v1/agent/service/register")
        target.add("replace-existing-checks", "true")
        let body = try encode(definition, "PUT /v1/agent/service/register")
        _ = try await send(target, Call(method: .put, body: body, takesDatacenter: false))
    }

    /// Takes an instance and its checks away; false when the agent knows none of that id.
    public func deregister(_ id: String) async throws(ConsulError) -> Bool {
        let target = ConsulTarget("/v1/agent/service/deregister", id)
        let call = Call(method: .put, takesDatacenter: false, alsoTakes: [.notFound])
        return try await send(target, call).status != .notFound
    }

    /// The instance as the agent knows it; nil when it doesn't.
    public func agentService(_ id: String) async throws(ConsulError) -> AgentService? {
        let target = ConsulTarget("/v1/agent/service", id)
        let answer = try await send(target, Call(takesDatacenter: false, alsoTakes: [.notFound]))
        return answer.status == .notFound ? nil : try decode(AgentService.self, answer)
    }

    /// Reports the state of a check that has a TTL.
    public func updateCheck(
        _ id: String,
        _ status: CheckStatus,
        output: String = ""
    ) async throws(ConsulError) {
        let target = ConsulTarget("/v1/agent/check/update", id)
        let body = try encode(
            CheckReport(status: status.rawValue, output: output),
            "PUT /v1/agent/check/update"
        )
        _ = try await send(target, Call(method: .put, body: body, takesDatacenter: false))
    }
}

private struct CheckReport: Encodable {
    let status: String
    let output: String

    private enum CodingKeys: String, CodingKey {
        case status = "Status"
        case output = "Output"
    }
}
