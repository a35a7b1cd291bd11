/// The stored objects as bytes, field by field in one order for both ways.
extension ByteWriter {
    mutating func node(_ node: Node) {
        text(node.name)
        text(node.id)
        text(node.address)
        optional(node.taggedAddresses) { $0.map($1) }
        optional(node.meta) { $0.map($1) }
        number(node.createIndex)
        number(node.modifyIndex)
    }

    mutating func instance(_ instance: ServiceInstance) {
        text(instance.node)
        text(instance.id)
        text(instance.name)
        texts(instance.tags)
        text(instance.address)
        number(instance.port)
        optional(instance.meta) { $0.map($1) }
        number(instance.weights.passing)
        number(instance.weights.warning)
        flag(instance.enableTagOverride)
        list(instance.taggedAddresses) {
            $0.text($1.tag)
            $0.text($1.address)
            $0.number($1.port)
        }
        text(instance.kind)
        text(instance.socketPath)
        flag(instance.isAgents)
        number(instance.createIndex)
        number(instance.modifyIndex)
    }

    mutating func entry(_ entry: KVEntry) {
        data(entry.key.bytes)
        data(entry.value)
        number(entry.flags)
        text(entry.session)
        number(entry.lockIndex)
        number(entry.createIndex)
        number(entry.modifyIndex)
    }

    mutating func session(_ session: Session) {
        text(session.id)
        text(session.name)
        text(session.node)
        number(session.lockDelay)
        text(session.behavior.rawValue)
        text(session.ttlText)
        number(session.ttl)
        texts(session.nodeChecks)
        texts(session.serviceChecks)
        number(session.createIndex)
        number(session.modifyIndex)
    }
}

extension ByteReader {
    mutating func node() throws(Malformed) -> Node {
        Node(
            name: try text(),
            id: try text(),
            address: try text(),
            taggedAddresses: try optional { (reader) throws(Malformed) in try reader.map() },
            meta: try optional { (reader) throws(Malformed) in try reader.map() },
            createIndex: try number(),
            modifyIndex: try number()
        )
    }

    mutating func instance() throws(Malformed) -> ServiceInstance {
        ServiceInstance(
            node: try text(),
            id: try text(),
            name: try text(),
            tags: try texts(),
            address: try text(),
            port: try int(),
            meta: try optional { (reader) throws(Malformed) in try reader.map() },
            weights: ServiceInstance.Weights(passing: try int(), warning: try int()),
            enableTagOverride: try flag(),
            taggedAddresses: try list { (reader) throws(Malformed) in
                ServiceInstance.TaggedAddress(
                    tag: try reader.text(),
                    address: try reader.text(),
                    port: try reader.int()
                )
            },
            kind: try text(),
            socketPath: try text(),
            isAgents: try flag(),
            createIndex: try number(),
            modifyIndex: try number()
        )
    }

    mutating func entry() throws(Malformed) -> KVEntry {
        KVEntry(
            key: KVKey(try data()),
            value: try data(),
            flags: try number(),
            session: try text(),
            lockIndex: try number(),
            createIndex: try number(),
            modifyIndex: try number()
        )
    }

    mutating func session() throws(Malformed) -> Session {
        Session(
            id: try text(),
            name: try text(),
            node: try text(),
            lockDelay: try signed(),
            behavior: try choice(),
            ttlText: try text(),
            ttl: try signed(),
            nodeChecks: try texts(),
            serviceChecks: try texts(),
            createIndex: try number(),
            modifyIndex: try number()
        )
    }

    mutating func choice<Choice: RawRepresentable<String>>() throws(Malformed) -> Choice {
        let start = position
        guard let choice = Choice(rawValue: try text()) else { throw Malformed(offset: start) }
        return choice
    }
}
