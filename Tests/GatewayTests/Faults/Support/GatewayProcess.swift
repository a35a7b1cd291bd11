import Glibc
import Reactor
import Supervision
import Synchronization
import TestSupport

/// `vigie gateway` as a process, which a test kills and starts again where it was.
final class GatewayProcess: Sendable {
    private let settings: [String: String]
    private let running: Mutex<RunningProgram>
    /// Where it listens, all its lives long.
    let address: SocketAddress

    private init(_ settings: [String: String], _ running: RunningProgram, _ address: SocketAddress) {
        self.settings = settings
        self.running = Mutex(running)
        self.address = address
    }

    /// Starts one, and waits until it serves; `settings` are variables beside those of
    /// ``RunningProgram/service(_:_:environment:)``.
    static func start(_ settings: [String: String]) async throws -> GatewayProcess {
        let program = try RunningProgram.service("vigie", ["gateway"], environment: settings)
        return GatewayProcess(settings, program, try await program.serving().service)
    }

    /// Ends it without a word (SIGKILL), and waits until it is gone.
    func kill() async {
        let program = running.withLock { $0 }
        program.process.signal(SIGKILL)
        _ = await program.process.ended()
    }

    /// Asks it to end (SIGTERM); does not wait.
    func beginDrain() { running.withLock { $0 }.process.signal(SIGTERM) }

    /// How it ended; waits for it.
    func ended() async -> ChildProcess.Exit? { await running.withLock { $0 }.process.ended() }

    /// Starts it again at its old address, and waits until it serves.
    func restart() async throws {
        let own = settings.merging(["VIGIE_SERVER_PORT": "\(address.port ?? 0)"]) { $1 }
        let program = try RunningProgram.service("vigie", ["gateway"], environment: own)
        _ = try await program.serving()
        running.withLock { $0 = program }
    }
}
