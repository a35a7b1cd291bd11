import JSON

/// The objects of catalogue and health (consul-http-api.md §3).
extension JSONWriter {
    mutating func node(_ node: Node) {
        object { json in
            json.nodeHead(node)
            json.member("TaggedAddresses", node.taggedAddresses)
            json.member("Meta", node.meta)
            json.indexes(of: node)
        }
    }

    private mutating func nodeHead(_ node: Node) {
        member("ID", node.id)
        member("Node", node.name)
        member("Address", node.address)
        member("Datacenter", AgentIdentity.datacenter)
    }

    mutating func indexes(of object: some Indexed) {
        member("CreateIndex", object.createIndex)
        member("ModifyIndex", object.modifyIndex)
    }

    /// The health form: `health/service`, `catalog/node`.
    mutating func instance(_ instance: ServiceInstance) {
        object { json in
            if !instance.kind.isEmpty { json.member("Kind", instance.kind) }
            json.member("ID", instance.id)
            json.member("Service", instance.name)
            json.member("Tags", instance.tags)
            json.member("Address", instance.address)
            json.taggedAddresses(of: instance, "TaggedAddresses")
            json.member("Meta", instance.meta)
            if instance.port != 0 { json.member("Port", instance.port) }
            if !instance.socketPath.isEmpty { json.member("SocketPath", instance.socketPath) }
            json.weights(instance.weights, "Weights")
            json.member("EnableTagOverride", instance.enableTagOverride)
            json.member("Proxy") { $0.emptyProxy() }
            json.member("Connect") { _ in }
            json.member("PeerName", "")
            json.indexes(of: instance)
        }
    }

    /// A row of `catalog/service`.
    mutating func row(_ instance: ServiceInstance, on node: Node) {
        object { json in
            json.nodeHead(node)
            json.member("TaggedAddresses", node.taggedAddresses)
            json.member("NodeMeta", node.meta)
            json.member("ServiceKind", instance.kind)
            json.member("ServiceID", instance.id)
            json.member("ServiceName", instance.name)
            json.member("ServiceTags", instance.tags)
            json.member("ServiceAddress", instance.address)
            json.taggedAddresses(of: instance, "ServiceTaggedAddresses")
            json.weights(instance.weights, "ServiceWeights")
            json.member("ServiceMeta", instance.meta)
            json.member("ServicePort", instance.port)
            json.member("ServiceSocketPath", instance.socketPath)
            json.member("ServiceEnableTagOverride", instance.enableTagOverride)
            json.member("ServiceProxy") { $0.emptyProxy() }
            json.member("ServiceConnect") { _ in }
            json.indexes(of: instance)
        }
    }

    mutating func check(_ check: HealthCheck) {
        object { json in
            json.member("Node", check.node)
            json.member("CheckID", check.id)
            json.member("Name", check.name)
            json.member("Status", check.status.rawValue)
            json.member("Notes", check.notes)
            json.member("Output", check.output)
            json.member("ServiceID", check.serviceID)
            json.member("ServiceName", check.serviceName)
            json.member("ServiceTags", check.serviceTags)
            json.member("Type", check.type)
            json.member("Interval", check.plan.map { GoDuration.format($0.isTTL ? 0 : $0.interval) } ?? "")
            json.member("Timeout", check.plan.map { GoDuration.format($0.timeout) } ?? "")
            json.member("ExposedPort", 0)
            json.key("Definition")
            json.value(check.definition ?? .object(JSONObject()))
            json.indexes(of: check)
        }
    }

    mutating func weights(_ weights: ServiceInstance.Weights, _ name: StaticString) {
        member(name) { json in
            json.member("Passing", weights.passing)
            json.member("Warning", weights.warning)
        }
    }

    mutating func taggedAddresses(of instance: ServiceInstance, _ name: StaticString) {
        guard !instance.taggedAddresses.isEmpty else { return }
        member(name) { json in
            for tagged in instance.taggedAddresses {
                json.key(tagged.tag)
                json.object { json in
                    json.member("Address", tagged.address)
                    json.member("Port", tagged.port)
                }
            }
        }
    }

    private mutating func emptyProxy() {
        member("Mode", "")
        member("MeshGateway") { _ in }
        member("Expose") { _ in }
    }
}
