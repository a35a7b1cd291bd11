/// What the selectors of each endpoint stand for (consul-http-api.md §6).
struct NodeRow: FilterRow {
    let node: Node

    func value(at path: ArraySlice<String>) -> FilterValue? {
        switch path.first {
        case "Node": .text(node.name)
        case "ID": .text(node.id)
        case "Address": .text(node.address)
        case "Datacenter": .text(AgentIdentity.datacenter)
        case "Meta": FilterValue.member(node.meta, path.dropFirst())
        case "TaggedAddresses": FilterValue.member(node.taggedAddresses, path.dropFirst())
        default: nil
        }
    }
}

struct InstanceRow: FilterRow {
    let instance: ServiceInstance

    func value(at path: ArraySlice<String>) -> FilterValue? {
        switch path.first {
        case "ID": .text(instance.id)
        case "Service": .text(instance.name)
        case "Tags": .list(instance.tags)
        case "Address": .text(instance.address)
        case "Port": .number(instance.port)
        case "Kind": .text(instance.kind)
        case "Datacenter": .text(AgentIdentity.datacenter)
        case "EnableTagOverride": .flag(instance.enableTagOverride)
        case "Meta": FilterValue.member(instance.meta, path.dropFirst())
        case "Weights" where path.dropFirst().first == "Passing": .number(instance.weights.passing)
        case "Weights" where path.dropFirst().first == "Warning": .number(instance.weights.warning)
        default: nil
        }
    }
}

/// A row of `catalog/service` and, for its name and tags, of `catalog/services`.
struct CatalogRow: FilterRow {
    let node: Node
    let instance: ServiceInstance

    func value(at path: ArraySlice<String>) -> FilterValue? {
        switch path.first {
        case "NodeMeta": FilterValue.member(node.meta, path.dropFirst())
        case "ServiceName": .text(instance.name)
        case "ServiceID": .text(instance.id)
        case "ServiceTags": .list(instance.tags)
        case "ServiceMeta": FilterValue.member(instance.meta, path.dropFirst())
        case "ServicePort": .number(instance.port)
        case "ServiceAddress": .text(instance.address)
        case "ServiceKind": .text(instance.kind)
        case "ServiceEnableTagOverride": .flag(instance.enableTagOverride)
        case "Meta": nil
        default: NodeRow(node: node).value(at: path)
        }
    }
}

struct CheckRow: FilterRow {
    let check: HealthCheck

    func value(at path: ArraySlice<String>) -> FilterValue? {
        switch path.first {
        case "CheckID": .text(check.id)
        case "Name": .text(check.name)
        case "Node": .text(check.node)
        case "Status": .text(check.status.rawValue)
        case "ServiceID": .text(check.serviceID)
        case "ServiceName": .text(check.serviceName)
        case "ServiceTags": .list(check.serviceTags)
        case "Output": .text(check.output)
        case "Notes": .text(check.notes)
        case "Type": .text(check.type)
        default: nil
        }
    }
}

/// A row of `health/service`.
struct EntryRow: FilterRow {
    let node: Node
    let instance: ServiceInstance
    let checks: [HealthCheck]

    func value(at path: ArraySlice<String>) -> FilterValue? {
        let rest = path.dropFirst()
        switch path.first {
        case "Node": return NodeRow(node: node).value(at: rest)
        case "Service": return InstanceRow(instance: instance).value(at: rest)
        case "Checks":
            guard let name = rest.first else { return .list(checks.map(\.id)) }
            let values = checks.map { CheckRow(check: $0).value(at: [name]) }
            return .list(values.compactMap { if case .text(let text)? = $0 { text } else { nil } })
        default: return nil
        }
    }
}
