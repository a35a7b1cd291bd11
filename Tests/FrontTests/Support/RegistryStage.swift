import Foundation
import Glibc
import HTTP
import JSON
import Reactor
import Supervision
import Synchronization
import TestSupport

/// `vigie registry`, `vigie gateway`s before a server of this process, and a front that finds them.
final class RegistryStage: Sendable {
    /// A gateway.
    struct Gateway: Sendable {
        let program: RunningProgram
        let port: UInt16
    }

    let port: UInt16
    let backend: EchoGateway
    let folder: TemporaryFolder
    private let registry: Mutex<RunningProgram?> = Mutex(nil)

    private init(_ backend: EchoGateway) throws {
        port = try LoopbackPort.free(1)[0]
        self.backend = backend
        folder = try FrontStage.openFolder()
    }

    /// What a process needs to find the registry.
    var environment: [String: String] { ["CONSUL_HTTP_ADDR": "127.0.0.1:\(port)"] }

    /// Runs a test with a registry and some gateways; the front is the test's to start.
    static func run(gateways count: Int, _ body: (RegistryStage, [Gateway]) async throws -> Void) async throws
    {
        let stage = try RegistryStage(try await EchoGateway.start())
        try await stage.startRegistry()
        var gateways: [Gateway] = []
        for _ in 0..<count { gateways.append(try await stage.startGateway()) }
        do { try await body(stage, gateways) } catch {
            await stage.stop()
            throw error
        }
        await stage.stop()
    }

    private func stop() async {
        await registry.withLock { $0.take() }?.process.stop()
        await backend.stop()
    }

    /// Starts the registry, empty, where it was.
    func startRegistry() async throws {
        let program = try RunningProgram("vigie", ["registry", "--port", "\(port)", "--loops", "1"])
        _ = try await program.listening()
        registry.withLock { $0 = program }
    }

    /// Kills the registry.
    func killRegistry() async {
        let program = registry.withLock { $0.take() }
        program?.process.signal(SIGKILL)
        _ = await program?.process.ended()
    }

    /// Starts a gateway that passes all below `/api` on to the backend.
    func startGateway() async throws -> Gateway {
        let path = "\(folder.path)/gateway.json"
        let document = """
            {"routes": [{"path": "/api/{rest...}", "service": "backend", "auth": "open"},
                        {"path": "/ws", "service": "backend", "auth": "open", "upgrade": ["websocket"]}]}
            """
        try Data(document.utf8).write(to: URL(filePath: path), options: .atomic)
        let arguments = [
            "gateway", "--gateway-file", path, "--clients-peers", "backend=127.0.0.1:\(backend.port)",
            "--gateway-trusted-proxies", "127.0.0.1",
        ]
        let program = try RunningProgram.service("vigie", arguments, environment: environment)
        guard let port = try await program.serving().service.port else { throw NeverCame(what: "a port") }
        return Gateway(program: program, port: port)
    }

    /// Starts a front that finds the gateways.
    func startFront(
        _ document: String = FrontStage.open,
        _ arguments: [String] = []
    ) async throws -> FrontStage {
        try await FrontStage.start(document, [backend], arguments, environment: environment)
    }
}

extension FrontStage {
    /// The ports that nginx's configuration names now.
    func configured() throws -> Set<UInt16> {
        let text = try String(contentsOfFile: "\(folder.path)/front/nginx.conf", encoding: .utf8)
        let servers = text.split(separator: "\n").filter { $0.contains("server 127.0.0.1:") }
        return Set(
            servers.compactMap {
                $0.split(separator: ":").last?.split(separator: " ").first.flatMap { UInt16($0) }
            }
        )
    }

    /// Waits until nginx passes requests on to just these.
    func passesOn(to ports: Set<UInt16>) async throws {
        try await eventually("\(ports) in nginx's configuration") {
            let isCounted = try await metric("front_gateways") == Double(ports.count)
            return try configured() == ports && isCounted
        }
    }
}
