import HTTP
import JSON
import Reactor

/// `agent/service/:id`: one instance, with a hash to wait for another of.
enum AgentServiceEndpoint {
    static let read: Endpoint.Handler = { api, request in
        let id = try request.requiredName("Missing service ID")
        let key = ServiceKey(node: api.agent.name, id: id)
        if let hash = request.query["hash"], !hash.isEmpty {
            let wait = request.query["wait"].map { GoDuration.parse($0) }
            if case .some(.none) = wait { throw Refusal(.badRequest, "Invalid wait time") }
            let deadline = MonotonicInstant.now + BlockingQuery.spread((wait ?? nil) ?? 0)
            try await api.registry.wait(until: deadline) { state in
                guard let instance = state.tables.services[key] else { return nil }
                return contentHash(of: instance) == hash ? [.instance(key)] : nil
            }
        }
        return try await api.registry.read { (state) throws(Refusal) in
            guard let instance = state.tables.services[key], instance.isAgents else {
                throw Refusal(.notFound, "unknown service ID: \(id)")
            }
            let hash = contentHash(of: instance)
            return APIAnswer.json(request) { $0.agentService(instance, contentHash: hash) }
                .with("x-consul-contenthash", hash)
        }
    }

    /// FNV-1a of the instance as it is written, 16 hex digits.
    private static func contentHash(of instance: ServiceInstance) -> String {
        var json = JSONWriter()
        json.agentService(instance)
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in json.bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
