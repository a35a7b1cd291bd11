import HTTP
import JSON

/// What is no part of Consul's API: the set of targets for Prometheus, and the page.
enum PlatformEndpoints {
    static let all: [Endpoint] = [
        Endpoint("/prometheus/targets", (.get, targets)),
        Endpoint("/ui", (.get, page)),
        Endpoint("/ui/*", (.get, page)),
        Endpoint("/", (.get, { _, _ in APIAnswer(status: 301).with("location", "/ui/") })),
    ]

    /// All passing instances in the form of `http_sd_configs` (Prometheus, "HTTP Service Discovery"), a group each; with `?all`
    /// those that do not pass, too, as Consul's own discovery has them: who watches must see what is down. The
    /// port of metrics is `Meta.metrics_port` where an instance names one. One that `Meta.alias_of` says is another's
    /// further name is left out: it would be scraped twice. The labels are those of `consul_sd_configs`, but
    /// for the node's addresses by other names, which would be half of the answer and the same for all.
    private static let targets: Endpoint.Handler = { api, request in
        let isAll = request.query.contains("all")
        return try await api.registry.read { (state) throws(Refusal) in
            APIAnswer.json(request) { json in
                json.beginArray()
                for (_, keys) in state.tables.instances.sorted(by: { $0.key < $1.key }) {
                    for key in keys { json.target(key, state.tables, isAll: isAll) }
                }
                json.endArray()
            }
        }
    }

    private static let page: Endpoint.Handler = { _, _ in
        APIAnswer(contentType: "text/html; charset=utf-8", bytes: RegistryPage.bytes)
            .with("content-security-policy", RegistryPage.policy)
            .with("x-content-type-options", "nosniff")
            .with("cache-control", "no-store")
    }
}

extension JSONWriter {
    fileprivate mutating func target(_ key: ServiceKey, _ tables: Tables, isAll: Bool) {
        let health = tables.checks(on: key).aggregated
        guard let (node, instance) = tables.located(key), instance.name != "consul",
            instance.meta?["alias_of"] == nil,
            isAll || health == CheckStatus.passing.rawValue
        else { return }
        let host = instance.address.isEmpty ? node.address : instance.address
        let port = instance.meta?["metrics_port"] ?? String(instance.port)
        object { json in
            json.key("targets")
            json.texts([host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"])
            json.member("labels") { json in
                json.member("__meta_consul_service", instance.name)
                json.member("__meta_consul_service_id", instance.id)
                json.member("__meta_consul_service_port", String(instance.port))
                if !instance.address.isEmpty {
                    json.member("__meta_consul_service_address", instance.address)
                }
                json.member("__meta_consul_node", node.name)
                json.member("__meta_consul_address", node.address)
                json.metadata("__meta_consul_metadata_", node.meta)
                json.member("__meta_consul_dc", AgentIdentity.datacenter)
                json.member(
                    "__meta_consul_tags",
                    instance.tags.isEmpty ? ",," : ",\(instance.tags.joined(separator: ",")),"
                )
                json.member("__meta_consul_health", health)
                json.member("job", instance.name)
                json.member("service", instance.name)
                json.member("instance", instance.id)
                json.metadata("__meta_consul_service_metadata_", instance.meta)
            }
        }
    }

    /// A label for each pair; an empty one is none. Of keys that make one label, such as `a-b` and `a_b`, the last in their
    /// order is told, the same each time: with Consul's own discovery chance decides.
    private mutating func metadata(_ prefix: String, _ map: StringMap?) {
        var labels: [(name: String, value: String)] = []
        for pair in map?.pairs ?? [] where !pair.value.isEmpty {
            let name = Self.labelName(pair.key)
            if let place = labels.firstIndex(where: { $0.name == name }) {
                labels[place].value = pair.value
            } else {
                labels.append((name, pair.value))
            }
        }
        for (name, value) in labels {
            key("\(prefix)\(name)")
            string(value)
        }
    }

    /// What a label may be called: letters, digits and `_`.
    private static func labelName(_ key: String) -> String {
        String(
            decoding: key.utf8.map { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    byte
                default: UInt8(ascii: "_")
                }
            },
            as: UTF8.self
        )
    }
}
