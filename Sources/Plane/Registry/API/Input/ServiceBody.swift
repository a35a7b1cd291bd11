import JSON

/// Reads an agent's service registration out of JSON (consul-http-api.md §4.1).
struct ServiceBody: Sendable {
    let instance: ServiceInstance
    let checks: [CheckRegistration]

    init(_ bytes: [UInt8], node: String) throws(Refusal) {
        var fields = try BodyFields(decoding: bytes)
        let name = try fields.text("Name") ?? ""
        let id = try fields.text("ID") ?? ""
        var instance = ServiceInstance(node: node, id: id.isEmpty ? name : id, name: name)
        instance.isAgents = true
        instance.tags = try fields.texts("Tags") ?? []
        instance.address = try fields.text("Address") ?? ""
        instance.port = try fields.int("Port") ?? 0
        instance.meta = try fields.map("Meta") ?? StringMap()
        instance.kind = try fields.text("Kind") ?? ""
        instance.socketPath = try fields.text("SocketPath", "socket_path") ?? ""
        instance.enableTagOverride = try fields.flag("EnableTagOverride", "enable_tag_override") ?? false
        instance.taggedAddresses = try InstanceFields.taggedAddresses(&fields)
        instance.weights = try InstanceFields.weights(&fields)
        let single = try fields.object("Check")
        let several = try fields.objects("Checks") ?? []
        fields.ignore("Proxy", "Connect", "sidecar_service", "Locality", "Token", "Namespace", "Partition")
        fields.ignore("EnterpriseMeta", "Ports")
        try fields.refuseOthers()
        guard !name.isEmpty else { throw Refusal(.badRequest, "Missing service name") }
        try InstanceFields.validate(instance)
        self.instance = instance
        checks = try Self.checks((single.map { [$0] } ?? []) + several, of: instance)
    }

    private static func checks(
        _ all: [BodyFields],
        of instance: ServiceInstance
    ) throws(Refusal) -> [CheckRegistration] {
        var checks: [CheckRegistration] = []
        for (place, fields) in all.enumerated() {
            checks.append(try CheckBody.read(fields, of: instance, place: all.count > 1 ? place + 1 : nil))
        }
        return checks
    }
}

/// The parts that the agent's and the catalogue's registrations share.
enum InstanceFields {
    static func weights(_ fields: inout BodyFields) throws(Refusal) -> ServiceInstance.Weights {
        guard var object = try fields.object("Weights") else { return ServiceInstance.Weights() }
        let weights = ServiceInstance.Weights(
            passing: try object.int("Passing") ?? 0,
            warning: try object.int("Warning") ?? 0
        )
        guard (1...65_535).contains(weights.passing) else {
            throw Refusal(.badRequest, "Invalid Weights: Passing must be greater than 0")
        }
        guard (0...65_535).contains(weights.warning) else {
            throw Refusal(.badRequest, "Invalid Weights: Warning must be greater or equal than 0")
        }
        return weights
    }

    static func taggedAddresses(_ fields: inout BodyFields) throws(Refusal) -> [ServiceInstance.TaggedAddress]
    {
        guard let value = fields.take("TaggedAddresses", "tagged_addresses") else { return [] }
        guard case .object(let object) = value else {
            throw BodyFields.mismatch(value, "TaggedAddresses", "map")
        }
        var addresses: [ServiceInstance.TaggedAddress] = []
        for member in object.members {
            guard case .object(let inner) = member.value else {
                throw BodyFields.mismatch(member.value, "TaggedAddresses", "ServiceAddress")
            }
            var inside = BodyFields(inner)
            addresses.append(
                ServiceInstance.TaggedAddress(
                    tag: member.key,
                    address: try inside.text("Address") ?? "",
                    port: try inside.int("Port") ?? 0
                )
            )
        }
        return addresses.sorted { $0.tag < $1.tag }
    }

    static func validate(_ instance: ServiceInstance) throws(Refusal) {
        guard !["0.0.0.0", "::", "[::]"].contains(instance.address) else {
            throw Refusal(.badRequest, "Invalid service address")
        }
        guard let meta = instance.meta else { return }
        func invalid(_ text: String) -> Refusal { Refusal(.badRequest, "Invalid Service Meta: \(text)") }
        guard meta.count <= 64 else {
            throw invalid("Node metadata cannot contain more than 64 key/value pairs")
        }
        for pair in meta.pairs {
            guard !pair.key.isEmpty, pair.key.utf8.count <= 128 else {
                throw invalid(
                    "Couldn't load metadata pair ('\(pair.key.prefix(32))…'): Key is too long (limit: 128 characters)"
                )
            }
            guard pair.key.utf8.allSatisfy(isKeyByte) else {
                throw invalid("Couldn't load metadata pair ('\(pair.key)'): Key contains invalid characters")
            }
            guard !pair.key.lowercased().hasPrefix("consul-") else {
                throw invalid(
                    "Couldn't load metadata pair ('\(pair.key)'): Key prefix 'consul-' is reserved for internal use"
                )
            }
            guard pair.value.utf8.count <= 512 else {
                throw invalid(
                    "Couldn't load metadata pair ('\(pair.key)'): Value is too long (limit: 512 characters)"
                )
            }
        }
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
