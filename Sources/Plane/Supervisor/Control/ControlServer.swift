import FoundationEssentials
import Glibc
package import HTTP
import JSON
package import Reactor

/// Answers `vigie ps`, `scale`, `down`, … on a Unix socket in the system's folder, which its permissions keep to one user.
package struct ControlServer: Sendable {
    let supervisor: Supervisor
    let system: String
    let title: String
    let addresses: [SystemState.Address]
    let notes: [String]
    let group: EventLoopGroup

    /// Answers for a supervisor.
    package init(
        _ supervisor: Supervisor,
        system: String,
        title: String,
        addresses: [SystemState.Address],
        notes: [String],
        on group: EventLoopGroup
    ) {
        self.supervisor = supervisor
        self.system = system
        self.title = title
        self.addresses = addresses
        self.notes = notes
        self.group = group
    }

    /// How long an operation may take: a replica may leave for half a minute, and there can be many.
    static let operationLimit = Duration.seconds(3_600)

    /// Begins to answer.
    ///
    /// - Throws: `SystemError` when the socket can't be made.
    package func start() async throws -> HTTPServer {
        var settings = HTTPServerSettings()
        settings.requestTimeout = Self.operationLimit
        settings.drainTimeout = .seconds(2)
        let path = supervisor.folder.socket
        Files.remove(path)
        let old = umask(0o077)
        defer { umask(old) }
        return try await HTTPServer.start(at: .unix(path: path), on: group, settings: settings) {
            await answer($0)
        }
    }

    /// How the system stands.
    package func state() async throws -> SystemState {
        let (phase, processes) = await (supervisor.phase, supervisor.processes())
        // Reads many files.
        return try await group.blocking.run {
            let table = ProcessTable()
            var state = SystemState(
                system: system,
                title: title,
                phase: phase,
                pid: getpid(),
                addresses: addresses,
                notes: notes,
                processes: processes,
                memoryBytes: ProcessTable.memory(getpid())
            )
            for index in state.processes.indices {
                guard let pid = state.processes[index].pid else { continue }
                let bytes = table.tree(pid).reduce(0) { $0 + ProcessTable.memory($1) }
                state.processes[index].memoryBytes = bytes
                state.memoryBytes += bytes
            }
            return state
        }
    }

    private func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let path = request.head.path
        let pieces = path.split(separator: "/").map { String($0).replacing(":", with: "/") }
        do {
            switch (request.head.method, pieces.first, pieces.count) {
            case (.get, "state", 1): return .json(try JSONText.encode(try await state()))
            case (.post, "down", 1): await supervisor.stop()
            case (.post, let verb?, 2): try await run(verb, pieces[1], nil)
            case (.post, let verb?, 3): try await run(verb, pieces[1], pieces[2])
            default: return .plain(.notFound, "there is no \(path) here")
            }
            return HTTPResponse(.noContent)
        } catch let error as OperationError {
            return .plain(.conflict, "\(error)")
        } catch {
            return .plain(.internalServerError, "\(error)")
        }
    }

    /// In a path a process `listing/2` is `listing:2`.
    private func run(_ verb: String, _ name: String, _ argument: String?) async throws {
        switch (verb, argument.map { Int($0) }) {
        case ("scale", let count??): try await supervisor.scale(name, to: count)
        case ("restart", nil): try await supervisor.restart(name)
        case ("rollout", nil): try await supervisor.rollout(name)
        case ("stop", nil): try await supervisor.stop(name)
        case ("start", nil): try await supervisor.start(name)
        default: throw OperationError("can't \(verb) \(name)")
        }
    }
}

extension HTTPResponse {
    fileprivate static func plain(_ status: HTTPStatus, _ text: String) -> HTTPResponse {
        var fields = HTTPFields()
        fields.append(.contentType, "text/plain; charset=utf-8")
        return HTTPResponse(status, fields: fields, body: HTTPBody(text))
    }

    fileprivate static func json(_ bytes: [UInt8]) -> HTTPResponse {
        var fields = HTTPFields()
        fields.append(.contentType, "application/json")
        return HTTPResponse(.ok, fields: fields, body: HTTPBody(bytes))
    }
}
