import Reactor

/// The domain `consul.` as the state has it (consul-http-api.md §7).
struct DNSZone {
    private let tables: Tables
    private let agent: AgentIdentity

    init(_ state: RegistryState) {
        tables = state.tables
        agent = state.agent
    }

    /// What a name under the domain asks for.
    private enum Subject {
        case domain
        case service(String, tag: String?)
        case node(String)
        case address(String)
    }

    private static let domain = "consul"

    /// Answers one question. Records stand in a random order, so that clients that take the first one spread.
    func answer(to query: DNSQuery) -> DNSAnswer {
        var answer = DNSAnswer()
        if let edns = query.edns, edns.version != 0 {
            answer.isAuthoritative = false
            answer.code = .badVersion
            return answer
        }
        let labels = query.name.texts
        guard labels.last == Self.domain, [DNSQuery.internet, DNSQuery.anyClass].contains(query.recordClass)
        else {
            answer.isAuthoritative = false
            answer.code = .refused
            return answer
        }
        answer.authority = authority
        guard let parts = parts(labels.dropLast(), query.type) else {
            answer.code = .nameError
            return answer
        }
        answer.parts = parts.shuffled()
        return answer
    }

    /// The records of a name; nil for one that is not there.
    private func parts(_ labels: [String], _ type: UInt16) -> [DNSAnswer.Part]? {
        switch subject(labels) {
        case .domain?:
            guard [DNSType.soa, DNSType.any].contains(type) else { return [] }
            return authority.map { [DNSAnswer.Part(record: DNSRecord(name: nil, content: $0.content))] }
        case .service(let name, let tag)?: return service(name, tag, type)
        case .node(let name)?: return node(name, type)
        case .address(let digits)?:
            return Self.address(hex: digits).map { address in
                let record = DNSRecord(name: nil, content: address)
                return type == record.type || type == DNSType.any ? [DNSAnswer.Part(record: record)] : []
            }
        case nil: return nil
        }
    }

    /// Reads `[tag.]name.service`, `_name._tag[.service]`, `name.node`, `digits.addr`, each with the datacenter behind it
    /// or not.
    private func subject(_ labels: [String]) -> Subject? {
        guard !labels.isEmpty else { return .domain }
        var labels = labels
        if labels.last == "dc", labels.count > 1 { labels.removeLast() }
        if labels.last == AgentIdentity.datacenter, labels.count > 1 { labels.removeLast() }
        switch labels.last {
        case "service" where labels.count == 3 && Self.isMarked(labels):
            return Self.marked(labels)
        case "service" where labels.count > 1:
            let tag = labels.dropLast(2).joined(separator: ".")
            return .service(labels[labels.count - 2], tag: tag.isEmpty ? nil : tag)
        case "node" where labels.count > 1: return .node(labels.dropLast().joined(separator: "."))
        case "addr" where labels.count == 2: return .address(labels[0])
        default: return labels.count == 2 && Self.isMarked(labels) ? Self.marked(labels) : nil
        }
    }

    /// The form of RFC 2782.
    private static func isMarked(_ labels: [String]) -> Bool {
        labels[0].first == "_" && labels[1].first == "_"
    }

    private static func marked(_ labels: [String]) -> Subject {
        let tag = String(labels[1].dropFirst())
        return .service(String(labels[0].dropFirst()), tag: tag == "tcp" ? nil : tag)
    }

    // MARK: Services

    private func service(_ name: String, _ tag: String?, _ type: UInt16) -> [DNSAnswer.Part]? {
        var parts: [DNSAnswer.Part] = []
        var isThere = false
        // Several instances at one address are one record of an address.
        var seen: Set<String> = []
        for key in tables.instances[name] ?? [] {
            guard let (node, instance) = tables.located(key), instance.has(tags: tag.map { [$0] } ?? [])
            else { continue }
            let status = tables.checks(on: key).aggregated
            guard status == CheckStatus.passing.rawValue || status == CheckStatus.warning.rawValue else {
                continue
            }
            isThere = true
            let host = instance.address.isEmpty ? node.address : instance.address
            if type == DNSType.srv || type == DNSType.any {
                let weights = instance.weights
                let isPassing = status == CheckStatus.passing.rawValue
                parts += srv(instance, node, host, weight: isPassing ? weights.passing : weights.warning)
            }
            guard let content = Self.content(of: host), type == content.type || type == DNSType.any,
                seen.insert(host).inserted
            else { continue }
            parts.append(DNSAnswer.Part(record: DNSRecord(name: nil, content: content)))
        }
        if parts.isEmpty, isThere, let alias = alias(name, tag) { return [alias] }
        return isThere ? parts : nil
    }

    private func srv(
        _ instance: ServiceInstance,
        _ node: Node,
        _ host: String,
        weight: Int
    ) -> [DNSAnswer.Part] {
        let address = Self.content(of: host)
        let name =
            switch address {
            case .a(let number) where !instance.address.isEmpty: Self.name(hex: String(number, radix: 16), 8)
            case .aaaa(let number) where !instance.address.isEmpty:
                Self.name(hex: String(number, radix: 16), 32)
            case nil: DNSName(host)
            default: DNSName("\(node.name).node.\(AgentIdentity.datacenter).\(Self.domain)")
            }
        guard let name else { return [] }
        let content = DNSRecord.Content.srv(
            priority: 1,
            weight: UInt16(clamping: weight),
            port: UInt16(clamping: instance.port),
            target: name
        )
        let extra = address.map { DNSRecord(name: name, content: $0) }
        return [DNSAnswer.Part(record: DNSRecord(name: nil, content: content), extra: extra)]
    }

    /// The other name of a service whose only instance has a name for its address.
    private func alias(_ name: String, _ tag: String?) -> DNSAnswer.Part? {
        let hosts = (tables.instances[name] ?? []).compactMap { tables.services[$0] }
            .filter { $0.has(tags: tag.map { [$0] } ?? []) }.map(\.address)
        guard hosts.count == 1, Self.content(of: hosts[0]) == nil, let target = DNSName(hosts[0]) else {
            return nil
        }
        return DNSAnswer.Part(record: DNSRecord(name: nil, content: .name(target, type: DNSType.cname)))
    }

    // MARK: Nodes and addresses

    private func node(_ name: String, _ type: UInt16) -> [DNSAnswer.Part]? {
        guard
            let node = tables.nodes[name]
                ?? tables.nodes.values.first(where: { $0.name.lowercased() == name })
        else {
            return nil
        }
        var contents = Self.content(of: node.address).map { [$0] } ?? []
        contents += (node.meta?.pairs ?? []).map { .txt("\($0.key)=\($0.value)") }
        return contents.map { DNSRecord(name: nil, content: $0) }
            .filter { $0.type == type || type == DNSType.any }
            .map { DNSAnswer.Part(record: $0) }
    }

    private static func content(of host: String) -> DNSRecord.Content? {
        switch SocketAddress(numericHost: host, port: 0) {
        case .ipv4(let number, _)?: .a(number)
        case .ipv6(let number, _, _)?: .aaaa(number)
        case .unix?, nil: nil
        }
    }

    private static func name(hex digits: String, _ count: Int) -> DNSName? {
        let zeros = String(repeating: "0", count: count - digits.count)
        return DNSName("\(zeros)\(digits).addr.\(AgentIdentity.datacenter).\(domain)")
    }

    private static func address(hex digits: String) -> DNSRecord.Content? {
        guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else {
            return nil
        }
        return switch digits.utf8.count {
        case 8: UInt32(digits, radix: 16).map { .a($0) }
        case 32: UInt128(digits, radix: 16).map { .aaaa($0) }
        default: nil
        }
    }

    /// What Consul says of the domain.
    private var authority: DNSRecord? {
        guard let domain = DNSName(Self.domain), let server = DNSName("ns.\(Self.domain)"),
            let mailbox = DNSName("postmaster.\(Self.domain)")
        else { return nil }
        let serial = UInt32(truncatingIfNeeded: tables.indexes.all)
        return DNSRecord(
            name: domain,
            content: .soa(server: server, mailbox: mailbox, numbers: [serial, 3600, 600, 86_400, 0])
        )
    }
}

extension DNSRecord.Content {
    fileprivate var type: UInt16 { DNSRecord(name: nil, content: self).type }
}
