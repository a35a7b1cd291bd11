/// Mutations as bytes. A tag is never given another meaning: logs outlive programs.
extension Mutation {
    func encode(to writer: inout ByteWriter) {
        switch self {
        case .putNode(let node): writer.tagged(1, node) { $0.node($1) }
        case .removeNode(let name): writer.tagged(2, name) { $0.text($1) }
        case .putService(let instance): writer.tagged(3, instance) { $0.instance($1) }
        case .removeService(let key):
            writer.tagged(4, key) {
                $0.text($1.node)
                $0.text($1.id)
            }
        case .putCheck(let check): writer.tagged(5, check) { $0.check($1) }
        case .removeCheck(let key):
            writer.tagged(6, key) {
                $0.text($1.node)
                $0.text($1.id)
            }
        case .putKV(let entry): writer.tagged(7, entry) { $0.entry($1) }
        case .removeKV(let key): writer.tagged(8, key) { $0.data($1.bytes) }
        case .putSession(let session): writer.tagged(9, session) { $0.session($1) }
        case .removeSession(let id): writer.tagged(10, id) { $0.text($1) }
        case .indexes(let indexes): writer.tagged(11, indexes) { $0.indexes($1) }
        case .serviceIndex(let name, let index): writer.tagged(12, (name, index)) { $0.named($1) }
        case .nodeIndex(let name, let index): writer.tagged(13, (name, index)) { $0.named($1) }
        case .tombstone(let key, let index):
            writer.tagged(14, key) {
                $0.data($1.bytes)
                $0.number(index)
            }
        }
    }

    init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
        switch try reader.byte() {
        case 1: self = .putNode(try reader.node())
        case 2: self = .removeNode(try reader.text())
        case 3: self = .putService(try reader.instance())
        case 4: self = .removeService(ServiceKey(node: try reader.text(), id: try reader.text()))
        case 5: self = .putCheck(try reader.check())
        case 6: self = .removeCheck(CheckKey(node: try reader.text(), id: try reader.text()))
        case 7: self = .putKV(try reader.entry())
        case 8: self = .removeKV(KVKey(try reader.data()))
        case 9: self = .putSession(try reader.session())
        case 10: self = .removeSession(try reader.text())
        case 11: self = .indexes(try reader.indexes())
        case 12: self = .serviceIndex(try reader.text(), try reader.number())
        case 13: self = .nodeIndex(try reader.text(), try reader.number())
        case 14: self = .tombstone(KVKey(try reader.data()), try reader.number())
        default: throw ByteReader.Malformed(offset: reader.position - 1)
        }
    }
}

extension ByteWriter {
    fileprivate mutating func tagged<Value>(
        _ tag: UInt8,
        _ value: Value,
        _ body: (inout ByteWriter, Value) -> Void
    ) {
        bytes.append(tag)
        body(&self, value)
    }

    fileprivate mutating func named(_ pair: (String, UInt64)) {
        text(pair.0)
        number(pair.1)
    }

    fileprivate mutating func indexes(_ indexes: TableIndexes) {
        for index in [
            indexes.all, indexes.nodes, indexes.services, indexes.checks, indexes.kv, indexes.sessions,
            indexes.extinction, indexes.nodeExtinction,
        ] { number(index) }
    }
}

extension ByteReader {
    fileprivate mutating func indexes() throws(Malformed) -> TableIndexes {
        TableIndexes(
            all: try number(),
            nodes: try number(),
            services: try number(),
            checks: try number(),
            kv: try number(),
            sessions: try number(),
            extinction: try number(),
            nodeExtinction: try number()
        )
    }
}
