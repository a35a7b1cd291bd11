import JSON

/// The objects of the agent's view, of keys, sessions and events (consul-http-api.md §3).
extension JSONWriter {
    /// The agent form: the members of a plain service, and those of others where they hold something.
    mutating func agentService(_ instance: ServiceInstance, contentHash: String? = nil) {
        object { json in
            if !instance.kind.isEmpty { json.member("Kind", instance.kind) }
            json.member("ID", instance.id)
            json.member("Service", instance.name)
            json.member("Tags", instance.tags)
            json.member("Meta", instance.meta ?? StringMap())
            json.member("Port", instance.port)
            json.member("Address", instance.address)
            if !instance.socketPath.isEmpty { json.member("SocketPath", instance.socketPath) }
            json.taggedAddresses(of: instance, "TaggedAddresses")
            json.weights(instance.weights, "Weights")
            json.member("EnableTagOverride", instance.enableTagOverride)
            json.member("Datacenter", AgentIdentity.datacenter)
            if let contentHash { json.member("ContentHash", contentHash) }
        }
    }

    mutating func entry(_ entry: KVEntry, hasValue: Bool = true) {
        object { json in
            json.member("LockIndex", entry.lockIndex)
            json.member("Key", entry.key.text)
            json.member("Flags", entry.flags)
            json.key("Value")
            if hasValue { json.base64(entry.value) } else { json.null() }
            if !entry.session.isEmpty { json.member("Session", entry.session) }
            json.indexes(of: entry)
        }
    }

    mutating func session(_ session: Session) {
        object { json in
            json.member("ID", session.id)
            json.member("Name", session.name)
            json.member("Node", session.node)
            json.member("LockDelay", session.lockDelay)
            json.member("Behavior", session.behavior.rawValue)
            json.member("TTL", session.ttlText)
            json.member("NodeChecks", session.nodeChecks)
            json.key("ServiceChecks")
            if session.serviceChecks.isEmpty {
                json.null()
            } else {
                json.array(session.serviceChecks) { json, id in
                    json.object { json in
                        json.member("ID", id)
                        json.member("Namespace", "")
                    }
                }
            }
            json.indexes(of: session)
        }
    }

    mutating func event(_ event: UserEvent) {
        object { json in
            json.member("ID", event.id)
            json.member("Name", event.name)
            json.key("Payload")
            json.base64(event.payload)
            json.member("NodeFilter", event.nodeFilter)
            json.member("ServiceFilter", event.serviceFilter)
            json.member("TagFilter", event.tagFilter)
            json.member("Version", 1)
            json.member("LTime", event.time)
        }
    }

    mutating func member(of agent: AgentIdentity, isWAN: Bool = false) {
        object { json in
            json.member("Name", isWAN ? "\(agent.name).\(AgentIdentity.datacenter)" : agent.name)
            json.member("Addr", agent.address)
            json.member("Port", isWAN ? 8302 : 8301)
            json.member("Tags") { json in
                json.member("build", AgentIdentity.consulVersion)
                json.member("dc", AgentIdentity.datacenter)
                json.member("id", agent.id)
                json.member("port", "8300")
                json.member("role", "consul")
                json.member("vigie", "embedded registry, single node")
            }
            json.member("Status", 1)
            for name: StaticString in ["ProtocolMin", "DelegateMin"] {
                json.member(name, name.description == "ProtocolMin" ? 1 : 2)
            }
            json.member("ProtocolMax", 5)
            json.member("ProtocolCur", 2)
            json.member("DelegateMax", 5)
            json.member("DelegateCur", 4)
        }
    }

    /// `agent/self`: it says plainly what this is.
    mutating func agent(_ agent: AgentIdentity) {
        object { json in
            json.member("Config") { json in
                json.member("Datacenter", AgentIdentity.datacenter)
                json.member("PrimaryDatacenter", AgentIdentity.datacenter)
                json.member("NodeName", agent.name)
                json.member("NodeID", agent.id)
                json.member("Revision", "vigie")
                json.member("Server", true)
                json.member("Version", AgentIdentity.consulVersion)
                json.member("BuildDate", "1970-01-01T00:00:01Z")
            }
            json.member("DebugConfig") { json in
                json.member(
                    "Implementation",
                    "Vigie's embedded registry: a single node that speaks Consul's HTTP API"
                )
                json.member("EnableDebug", false)
            }
            json.member("Coord") { json in
                json.key("Vec")
                json.array(0..<8) { json, _ in json.integer(0) }
                json.member("Error", 0)
                json.member("Adjustment", 0)
                json.member("Height", 0)
            }
            json.key("Member")
            json.member(of: agent)
            json.member("Stats") { json in
                json.member("consul") { json in
                    json.member("leader", "true")
                    json.member("leader_addr", agent.serverAddress)
                    json.member("server", "true")
                    json.member("known_datacenters", "1")
                }
                json.member("vigie") { json in
                    json.member("embedded", "true")
                    json.member("nodes", "1")
                }
            }
            json.member("Meta") { $0.member("consul-network-segment", "") }
            json.member("xDS") { json in
                json.member("SupportedProxies") { _ in }
                json.member("Port", 0)
            }
        }
    }
}
