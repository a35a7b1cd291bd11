import HTTP

/// The key-value store.
extension ConsulClient {
    /// When a write takes place.
    public enum WriteCondition: Sendable, Hashable {
        /// Always.
        case always
        /// When the key's `ModifyIndex` is this; 0: when there is no such key.
        case modified(at: UInt64)
        /// When nobody else holds the key's lock, which then is the session's.
        case acquiring(session: String)
        /// When the session holds the key's lock, which then is nobody's.
        case releasing(session: String)
    }

    /// A key and its value; nil when there is none, also behind a poll.
    public func value(
        of key: String,
        _ poll: ConsulPoll = ConsulPoll()
    ) async throws(ConsulError) -> ConsulIndexed<KeyValuePair?> {
        let answer = try await send(ConsulTarget.key(key), Call(alsoTakes: [.notFound], poll: poll))
        guard answer.status != .notFound else { return ConsulIndexed(value: nil, index: answer.index) }
        return ConsulIndexed(value: try decode([KeyValuePair].self, answer).first, index: answer.index)
    }

    /// All keys that begin with `prefix`, with their values, in byte order.
    public func values(
        under prefix: String,
        _ poll: ConsulPoll = ConsulPoll()
    ) async throws(ConsulError) -> ConsulIndexed<[KeyValuePair]> {
        var target = ConsulTarget.key(prefix)
        target.add("recurse")
        let answer = try await send(target, Call(alsoTakes: [.notFound], poll: poll))
        guard answer.status != .notFound else { return ConsulIndexed(value: [], index: answer.index) }
        return ConsulIndexed(value: try decode([KeyValuePair].self, answer), index: answer.index)
    }

    /// All keys that begin with `prefix`, in byte order.
    public func keys(
        under prefix: String,
        _ poll: ConsulPoll = ConsulPoll()
    ) async throws(ConsulError) -> ConsulIndexed<[String]> {
        var target = ConsulTarget.key(prefix)
        target.add("keys")
        let answer = try await send(target, Call(alsoTakes: [.notFound], poll: poll))
        guard answer.status != .notFound else { return ConsulIndexed(value: [], index: answer.index) }
        return ConsulIndexed(value: try decode([String].self, answer), index: answer.index)
    }

    /// Writes a value of at most ``valueByteLimit``; false when the condition did not hold.
    public func put(
        _ key: String,
        _ value: [UInt8],
        when condition: WriteCondition = .always
    ) async throws(ConsulError) -> Bool {
        var target = ConsulTarget.key(key)
        switch condition {
        case .always: break
        case .modified(let index): target.add("cas", String(index))
        case .acquiring(let session): target.add("acquire", session)
        case .releasing(let session): target.add("release", session)
        }
        let answer = try await send(target, Call(method: .put, body: HTTPBody(value)))
        return try decode(Bool.self, answer)
    }

    /// Deletes a key; with `modified`, only if its `ModifyIndex` is that. False when the condition did not hold.
    public func delete(_ key: String, modified index: UInt64? = nil) async throws(ConsulError) -> Bool {
        var target = ConsulTarget.key(key)
        if let index { target.add("cas", String(index)) }
        return try decode(Bool.self, try await send(target, Call(method: .delete)))
    }

    /// Deletes all keys that begin with `prefix`.
    public func delete(under prefix: String) async throws(ConsulError) {
        var target = ConsulTarget.key(prefix)
        target.add("recurse")
        _ = try await send(target, Call(method: .delete))
    }
}
