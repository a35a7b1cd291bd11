import HTTP
import JSON
import Reactor

/// What endpoints work with.
struct API: Sendable {
    let registry: RegistryActor
    let agent: AgentIdentity
    /// For what computes long.
    let pool: BlockingPool
    /// Ends the process, for `agent/leave`.
    let leave: @Sendable () -> Void

    /// Answers a read of the catalogue, health, sessions: the JSON that `render` writes, with the index headers.
    ///
    /// Not inlined, as the next: Swift 6.3.1's optimizer crashes on the coroutine that comes of it.
    @inline(never)
    func read(
        _ request: APIRequest,
        _ scope: Scope,
        _ render: @Sendable (RegistryState, ReadOptions, inout JSONWriter) throws(Refusal) -> Void
    ) async throws(Refusal) -> APIAnswer {
        try await answer(request, scope) { (state, options) throws(Refusal) in
            try APIAnswer.json(request) { (json) throws(Refusal) in try render(state, options, &json) }
        }
    }

    /// Answers a read with whatever `render` makes, with the index headers.
    @inline(never)
    func answer(
        _ request: APIRequest,
        _ scope: Scope,
        _ render: @Sendable (RegistryState, ReadOptions) throws(Refusal) -> APIAnswer
    ) async throws(Refusal) -> APIAnswer {
        let options = try ReadOptions(request)
        if let blocking = options.blocking {
            let (answer, index) = try await registry.answer(request.head.target, blocking, scope) {
                (state) throws(Refusal) in
                try render(state, options)
            }
            return answer.with(options, index: index)
        }
        let (answer, index) = try await registry.read(nil, scope) {
            (state) throws(Refusal) in
            try render(state, options)
        }
        return answer.with(options, index: index)
    }

    /// Makes one write that answers 200 without content.
    func write(
        _ body: @Sendable (inout RegistryState, MonotonicInstant) throws(Refusal) -> Void
    ) async throws(Refusal) -> APIAnswer {
        try await registry.write(body)
        return .empty
    }
}

extension APIAnswer {
    /// Adds what every read tells (consul-http-api.md §1).
    func with(_ options: ReadOptions, index: UInt64) -> APIAnswer {
        var copy = self
        copy.fields += [
            ("x-consul-index", String(index)),
            ("x-consul-knownleader", "true"),
            ("x-consul-lastcontact", "0"),
            ("x-consul-effective-consistency", options.consistency),
        ]
        if options.blocking != nil { copy.fields.append(("x-consul-query-backend", "blocking-query")) }
        if options.isCached { copy.fields.append(("x-cache", "MISS")) }
        return copy
    }
}
