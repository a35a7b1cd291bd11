import FoundationEssentials
import HTTP
import JSON
import Reactor

/// Events of users (consul-http-api.md §4.7).
enum EventEndpoints {
    static let all: [Endpoint] = [
        Endpoint("/v1/event/fire/*", (.put, fire)),
        Endpoint("/v1/event/list", (.get, list)),
    ]

    private static let fire: Endpoint.Handler = { api, request in
        let name = try request.requiredName("Missing name")
        let payload = try await request.content(upTo: KVEntry.valueLimit)
        let id = UUID().uuidString.lowercased()
        let query = request.query
        let event = try await api.registry.write { (state, _) throws(Refusal) in
            state.fire { time in
                UserEvent(
                    id: id,
                    name: name,
                    payload: payload,
                    nodeFilter: query["node"] ?? "",
                    serviceFilter: query["service"] ?? "",
                    tagFilter: query["tag"] ?? "",
                    time: time
                )
            }
        }
        return APIAnswer.json(request) { $0.event(event) }
    }

    /// Blocks while the newest event is the one that the client has: its index has no order.
    private static let list: Endpoint.Handler = { api, request in
        let options = try ReadOptions(request)
        let name = request.query["name"].flatMap { $0.isEmpty ? nil : $0 }
        if let query = options.blocking {
            try await api.registry.wait(until: .now + query.wait) { state in
                state.eventIndex(named: name) == query.index ? [.events] : nil
            }
        }
        let (answer, index) = try await api.registry.read(nil, .events(named: name)) {
            (state) throws(Refusal) in
            let found = state.events.filter { name == nil || $0.name == name }
            return APIAnswer.json(request) { json in json.array(found) { $0.event($1) } }
        }
        return answer.with(options, index: index)
    }
}
