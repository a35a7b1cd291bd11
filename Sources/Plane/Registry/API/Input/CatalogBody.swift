import FoundationEssentials

/// Reads what is written into the catalogue itself (consul-http-api.md §4.3).
enum CatalogBody {
    /// - Throws: 400 for what is no such JSON, 500 for what it says.
    static func registration(_ bytes: [UInt8]) throws(Refusal) -> CatalogRegistration {
        var fields = try BodyFields(decoding: bytes)
        var node = Node(name: try fields.text("Node") ?? "", address: try fields.text("Address") ?? "")
        node.id = (try fields.text("ID") ?? "").lowercased()
        node.taggedAddresses = try fields.map("TaggedAddresses")
        node.meta = try fields.map("NodeMeta", "Meta")
        let skips = try fields.flag("SkipNodeUpdate") ?? false
        let service = try fields.object("Service")
        let checks = (try fields.object("Check").map { [$0] } ?? []) + (try fields.objects("Checks") ?? [])
        let datacenter = try fields.text("Datacenter") ?? ""
        fields.ignore(
            "WriteRequest",
            "Namespace",
            "Partition",
            "PeerName",
            "Locality",
            "EnterpriseMeta",
            "RaftIndex"
        )
        fields.ignore("CreateIndex", "ModifyIndex", "Token")
        try fields.refuseOthers()
        try refuse(datacenter: datacenter)
        guard !node.name.isEmpty else { throw Refusal(.failed, "Must provide node") }
        guard !node.address.isEmpty || skips else {
            throw Refusal(.failed, "Must provide address if SkipNodeUpdate is not set")
        }
        guard node.id.isEmpty || UUID(uuidString: node.id) != nil else {
            throw Refusal(.failed, "Bad node ID '\(node.id)': uuid string is wrong length")
        }
        var registration = CatalogRegistration(node: node, skipsNodeUpdate: skips)
        if let service { registration.instance = try instance(service, on: node.name) }
        for check in checks { registration.checks.append(try self.check(check, on: node.name)) }
        return registration
    }

    /// Node, instance's ID, check's ID.
    static func deregistration(
        _ bytes: [UInt8]
    ) throws(Refusal) -> (node: String, service: String, check: String) {
        var fields = try BodyFields(decoding: bytes)
        let node = try fields.text("Node") ?? ""
        let service = try fields.text("ServiceID") ?? ""
        let check = try fields.text("CheckID") ?? ""
        let datacenter = try fields.text("Datacenter") ?? ""
        fields.ignore(
            "Address",
            "WriteRequest",
            "Namespace",
            "Partition",
            "PeerName",
            "Token",
            "EnterpriseMeta"
        )
        try fields.refuseOthers()
        try refuse(datacenter: datacenter)
        guard !node.isEmpty else { throw Refusal(.failed, "Must provide node") }
        return (node, service, check)
    }

    /// - Throws: 500 for a datacenter that is not ours.
    static func refuse(datacenter: String) throws(Refusal) {
        guard datacenter.isEmpty || datacenter == AgentIdentity.datacenter else {
            throw Refusal(.failed, "No path to datacenter")
        }
    }

    private static func instance(_ body: BodyFields, on node: String) throws(Refusal) -> ServiceInstance {
        var fields = body
        let name = try fields.text("Service") ?? ""
        let id = try fields.text("ID") ?? ""
        var instance = ServiceInstance(node: node, id: id.isEmpty ? name : id, name: name)
        instance.tags = try fields.texts("Tags") ?? []
        instance.address = try fields.text("Address") ?? ""
        instance.port = try fields.int("Port") ?? 0
        instance.meta = try fields.map("Meta")
        instance.kind = try fields.text("Kind") ?? ""
        instance.socketPath = try fields.text("SocketPath") ?? ""
        instance.enableTagOverride = try fields.flag("EnableTagOverride") ?? false
        instance.taggedAddresses = try InstanceFields.taggedAddresses(&fields)
        instance.weights = try InstanceFields.weights(&fields)
        fields.ignore(
            "Proxy",
            "Connect",
            "Locality",
            "Namespace",
            "Partition",
            "PeerName",
            "EnterpriseMeta",
            "Ports"
        )
        fields.ignore("CreateIndex", "ModifyIndex", "RaftIndex", "Datacenter")
        try fields.refuseOthers()
        guard !name.isEmpty else { throw Refusal(.failed, "Must provide service name with ID") }
        return instance
    }

    private static func check(_ body: BodyFields, on node: String) throws(Refusal) -> HealthCheck {
        var fields = body
        let owner = try fields.text("Node") ?? ""
        let name = try fields.text("Name") ?? ""
        let id = try fields.text("CheckID") ?? ""
        var check = HealthCheck(node: owner.isEmpty ? node : owner, id: id.isEmpty ? name : id, name: name)
        let status = try fields.text("Status") ?? ""
        check.notes = try fields.text("Notes") ?? ""
        check.output = try fields.text("Output") ?? ""
        check.serviceID = try fields.text("ServiceID") ?? ""
        check.serviceName = try fields.text("ServiceName") ?? ""
        check.serviceTags = try fields.texts("ServiceTags") ?? []
        check.type = try fields.text("Type") ?? ""
        check.definition = fields.take("Definition")
        fields.ignore(
            "Interval",
            "Timeout",
            "ExposedPort",
            "Namespace",
            "Partition",
            "PeerName",
            "EnterpriseMeta"
        )
        fields.ignore("CreateIndex", "ModifyIndex", "RaftIndex")
        try fields.refuseOthers()
        guard status.isEmpty || CheckStatus(rawValue: status) != nil else {
            throw Refusal(.failed, "Invalid check status: '\(status)'")
        }
        check.status = CheckStatus(rawValue: status) ?? .critical
        return check
    }
}
