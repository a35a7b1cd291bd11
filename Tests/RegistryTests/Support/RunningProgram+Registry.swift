import HTTP
import TestSupport

extension RunningProgram {
    /// Starts `vigie registry`.
    static func registry(_ arguments: [String]) throws -> RunningProgram {
        try RunningProgram("vigie", ["registry"] + arguments)
    }

    /// A client of the registry, where it listens.
    func client() async throws -> RegistryClient {
        RegistryClient(HTTPDestination(try await listening()), on: try TestLoops.two)
    }
}
