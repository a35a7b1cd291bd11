import HTTP
import JSON

/// The key-value store (consul-http-api.md §4.5).
enum KVEndpoints {
    static let all: [Endpoint] = [Endpoint("/v1/kv/*", (.get, read), (.put, write), (.delete, delete))]

    // MARK: Reading

    private static let read: Endpoint.Handler = { api, request in
        let key = KVKey(request.rest)
        if request.query.contains("keys") { return try await keys(api, request, under: key) }
        if request.query.contains("recurse") { return try await pairs(api, request, under: key) }
        guard !key.bytes.isEmpty else { throw Refusal(.badRequest, "Missing key name") }
        let isRaw = request.query.contains("raw")
        return try await api.answer(request, .key(key)) { (state, _) throws(Refusal) in
            guard let entry = state.tables.kv[key] else { return missing }
            guard !isRaw else { return raw(entry) }
            return APIAnswer.json(request) { json in json.array([entry]) { $0.entry($1) } }
        }
    }

    private static var missing: APIAnswer { APIAnswer(status: .notFound) }

    private static func raw(_ entry: KVEntry) -> APIAnswer {
        APIAnswer(contentType: "text/plain", bytes: entry.value)
            .with("x-content-type-options", "nosniff")
            .with("content-security-policy", "sandbox")
    }

    private static func pairs(
        _ api: API,
        _ request: APIRequest,
        under prefix: KVKey
    ) async throws -> APIAnswer {
        try await api.answer(request, .keys(under: prefix)) { (state, _) throws(Refusal) in
            var count = 0
            let answer = APIAnswer.json(request) { json in
                json.beginArray()
                state.tables.kv.forEach(under: prefix) { entry in
                    count += 1
                    json.entry(entry)
                }
                json.endArray()
            }
            return count > 0 ? answer : missing
        }
    }

    private static func keys(_ api: API, _ request: APIRequest, under prefix: KVKey) async throws -> APIAnswer
    {
        let separator = Array((request.query["separator"] ?? request.query["seperator"] ?? "").utf8)
        return try await api.answer(request, .keys(under: prefix)) {
            (state, _) throws(Refusal) in
            var keys: [KVKey] = []
            state.tables.kv.forEach(under: prefix) { entry in
                let key = KVKey(cut(entry.key.bytes, behind: separator, past: prefix.bytes.count))
                if keys.last != key { keys.append(key) }
            }
            guard !keys.isEmpty || prefix.bytes.isEmpty else { return missing }
            return APIAnswer.json(request) { json in json.texts(keys.map(\.text)) }
        }
    }

    /// A key up to the first separator behind so many bytes.
    private static func cut(_ key: [UInt8], behind separator: [UInt8], past count: Int) -> [UInt8] {
        guard !separator.isEmpty, key.count >= count + separator.count else { return key }
        for start in count...(key.count - separator.count)
        where key[start..<start + separator.count].elementsEqual(separator) {
            return Array(key[..<(start + separator.count)])
        }
        return key
    }

    // MARK: Writing

    private static let write: Endpoint.Handler = { api, request in
        let key = try key(of: request)
        let query = request.query
        let named = ["cas", "acquire", "release"].filter { query.contains($0) }
        guard named.count <= 1 else {
            throw Refusal(.badRequest, "Conflicting flags: \(named.joined(separator: ", "))")
        }
        let flags = try number("flags", query) ?? 0
        let cas = try number("cas", query)
        let value = try await request.content(upTo: KVEntry.valueLimit)
        let isDone = try await api.registry.write { (state, now) throws(Refusal) in
            if let cas { return state.set(key, value, flags: flags, ifIndexIs: cas) }
            if let session = query["acquire"] {
                return try state.acquire(key, value, flags: flags, for: session, at: now)
            }
            if let session = query["release"] { return state.release(key, value, flags: flags, of: session) }
            state.set(key, value, flags: flags)
            return true
        }
        return .literal(isDone)
    }

    private static let delete: Endpoint.Handler = { api, request in
        let query = request.query
        let isRecursive = query.contains("recurse")
        guard !isRecursive || !query.contains("cas") else {
            throw Refusal(.badRequest, "Conflicting flags: recurse, cas")
        }
        let key = isRecursive ? KVKey(request.rest) : try key(of: request)
        let cas = try number("cas", query)
        let isDone = try await api.registry.write { (state, now) throws(Refusal) in
            if isRecursive {
                state.deleteAll(under: key, at: now)
                return true
            }
            if let cas { return state.delete(key, ifIndexIs: cas, at: now) }
            state.delete(key, at: now)
            return true
        }
        return .literal(isDone)
    }

    /// A key that may be written: not empty, no way up, no space around it.
    private static func key(of request: APIRequest) throws(Refusal) -> KVKey {
        let bytes = request.rest
        guard !bytes.isEmpty else { throw Refusal(.badRequest, "Missing key name") }
        let steps = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard !steps.contains(where: { $0.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) }),
            bytes.first != UInt8(ascii: " "), bytes.last != UInt8(ascii: " ")
        else {
            throw Refusal(
                .badRequest,
                "Invalid key name: it holds path traversal or begins or ends with a space"
            )
        }
        return KVKey(bytes)
    }

    private static func number(_ name: String, _ query: QueryParameters) throws(Refusal) -> UInt64? {
        guard let text = query[name] else { return nil }
        guard let number = UInt64(text), !text.hasPrefix("+") else {
            throw Refusal(.failed, "strconv.ParseUint: parsing \"\(text)\": invalid syntax")
        }
        return number
    }
}
