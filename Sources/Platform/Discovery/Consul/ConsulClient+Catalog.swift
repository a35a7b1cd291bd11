import HTTP

/// What the catalogue knows.
extension ConsulClient {
    /// The instances of a service with their checks, also those that don't pass; empty when there is none.
    public func healthService(
        _ name: String,
        _ poll: ConsulPoll = ConsulPoll()
    ) async throws(ConsulError) -> ConsulIndexed<[ServiceEntry]> {
        let answer = try await send(ConsulTarget("/v1/health/service", name), Call(poll: poll))
        return ConsulIndexed(value: try decode([ServiceEntry].self, answer), index: answer.index)
    }

    /// The names of all services, each with the tags of all its instances.
    public func catalogServices(
        _ poll: ConsulPoll = ConsulPoll()
    ) async throws(ConsulError) -> ConsulIndexed<[String: [String]]> {
        let answer = try await send(ConsulTarget("/v1/catalog/services"), Call(poll: poll))
        return ConsulIndexed(value: try decode([String: [String]].self, answer), index: answer.index)
    }
}
