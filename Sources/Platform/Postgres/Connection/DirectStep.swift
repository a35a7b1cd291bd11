import Reactor

/// What can be done on a leased connection outside of pipeline mode.
enum DirectStep: Sendable {
    /// Leave pipeline mode.
    case begin
    /// Run any number of statements.
    case run(String)
    /// Run a COPY up to where data flows.
    case copy(String)
    case put([UInt8])
    case endPut
    case get
    /// Enter pipeline mode again.
    case end

    func take(
        on connection: PostgresConnection,
        until deadline: MonotonicInstant
    ) async throws(PostgresError) -> DirectAnswer {
        guard let mode = connection.direct else {
            guard case .begin = self else { throw PostgresError(.scopeOver, "the copy is over") }
            _ = try DirectMode.begin(connection)
            return .result(nil)
        }
        switch self {
        case .begin, .end: try mode.end()
        case .run(let script): return .result(try await mode.run(script, until: deadline))
        case .copy(let text): return .result(try await copy(text, mode, until: deadline))
        case .put(let bytes): try await mode.put(bytes, until: deadline)
        case .endPut: return .result(try await mode.endPut(until: deadline))
        case .get: return .row(try await mode.get(until: deadline))
        }
        return .result(nil)
    }

    private func copy(
        _ text: String,
        _ mode: DirectMode,
        until deadline: MonotonicInstant
    ) async throws(PostgresError) -> QueryResult? {
        let first = try await mode.start(text, until: deadline)
        if let status = first?.status, status == .copyIn || status == .copyOut { return first }
        _ = try await mode.rest(after: first, until: deadline)
        throw PostgresError(.notEncodable, "the statement is no COPY … FROM STDIN or COPY … TO STDOUT")
    }
}

/// What a step led to.
enum DirectAnswer: Sendable {
    case result(QueryResult?)
    /// A row of a COPY; nil at its end.
    case row([UInt8]?)
}
