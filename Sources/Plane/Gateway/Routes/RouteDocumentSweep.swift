import Discovery
import Reactor
import Telemetry
import Vigie

/// Takes documents of services' routes out of the registry's store that nobody names any more: each version of a service
/// would leave one there for ever.
struct RouteDocumentSweep: Sendable {
    let client: ConsulClient
    let logger: Logger
    private var documents: [ServiceName: UnnamedDocuments] = [:]

    init(client: ConsulClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    /// Looks once; `named` are the hashes that each service's instances name, and the one that serves.
    mutating func run(_ named: [ServiceName: Set<String>], at now: MonotonicInstant) async {
        for (service, hashes) in named {
            let key = { (hash: String) in DiscoveryKeys.routes(of: service.name, hash: hash) }
            do {
                let found = try await client.keys(under: key("")).value
                let due = documents[service, default: UnnamedDocuments()]
                    .due(of: found, named: Set(hashes.map(key)), at: now)
                for key in due { try await delete(key) }
            } catch {
                logger.debug(
                    "old routes not looked for",
                    ["peer": .string(service.name), "error": "\(error)"]
                )
            }
        }
    }

    /// Deletes a document, unless it is written anew meanwhile.
    private func delete(_ key: String) async throws {
        guard let pair = try await client.value(of: key).value,
            try await client.delete(key, modified: pair.modifyIndex)
        else { return }
        logger.info("routes that no instance names are deleted", ["key": .string(key)])
    }
}
