import HTTP

/// The parameters that every read takes (consul-http-api.md §1, §2).
struct ReadOptions: Sendable {
    var blocking: BlockingQuery?
    /// What `X-Consul-Effective-Consistency` says.
    var consistency = "leader"
    var isCached = false
    /// All must be in the node's `Meta`.
    var nodeMeta: [StringMap.Pair] = []
    var filter: Filter?

    init(_ request: APIRequest) throws(Refusal) {
        let query = request.query
        let wait = query["wait"].map { GoDuration.parse($0) }
        if case .some(.none) = wait { throw Refusal(.badRequest, "Invalid wait time") }
        if let text = query["index"], !text.isEmpty {
            guard let index = UInt64(text), !text.hasPrefix("+") else {
                throw Refusal(.badRequest, "Invalid index")
            }
            if index > 0 { blocking = BlockingQuery(index: index, wait: (wait ?? nil) ?? 0) }
        }
        if let text = query["max_stale"], GoDuration.parse(text) == nil {
            throw Refusal(.badRequest, "Invalid max_stale value \"\(text)\"")
        }
        try readConsistency(request)
        for pair in query.all("node-meta") {
            let halves = pair.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = halves.count > 1 ? String(halves[1]) : ""
            nodeMeta.append(StringMap.Pair(key: String(halves[0]), value: value))
        }
        if let text = query["filter"], !text.isEmpty { filter = try Filter(text) }
    }

    private mutating func readConsistency(_ request: APIRequest) throws(Refusal) {
        let query = request.query
        isCached = query.contains("cached")
        let isConsistent = query.contains("consistent")
        if query.contains("stale"), isConsistent {
            throw Refusal(.badRequest, "Cannot specify ?stale with ?consistent, conflicting semantics.")
        }
        if isCached, isConsistent {
            throw Refusal(.badRequest, "Cannot specify ?cached with ?consistent, conflicting semantics.")
        }
        if query.contains("stale") {
            consistency = "stale"
        } else if isConsistent {
            consistency = "consistent"
        }
        if isCached, let control = request.head.fields["cache-control"] {
            for part in control.split(separator: ",") {
                let halves = part.split(separator: "=", maxSplits: 1)
                let name = halves[0].trimmed.lowercased()
                guard name == "max-age" || name == "stale-if-error" else { continue }
                guard halves.count == 2, UInt32(halves[1].trimmed) != nil else {
                    throw Refusal(.badRequest, "Invalid Cache-Control header.")
                }
            }
        }
    }

    /// Whether there are rows that ``admits(_:)`` may refuse.
    var isSelective: Bool { filter != nil || !nodeMeta.isEmpty }

    /// Whether a node has all that `node-meta` asks for.
    func admits(_ node: Node?) -> Bool {
        nodeMeta.allSatisfy { node?.meta?[$0.key] == $0.value }
    }

    /// Whether the filter takes a row; everything passes without one.
    func admits(_ row: some FilterRow) throws(Refusal) -> Bool {
        guard let filter else { return true }
        return try filter.matches(row)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
