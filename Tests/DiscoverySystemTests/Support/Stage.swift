import Glibc
import HTTP
import JSON
import Reactor
import Supervision
import Synchronization
import TestSupport
import Vigie

/// `vigie registry` and instances of `drill`, each a process of its own.
final class Stage: Sendable {
    /// An instance of `drill`.
    struct Instance: Sendable {
        let program: RunningProgram
        let port: UInt16
        var process: SupervisedProcess { program.process }
    }

    /// Where the registry listens, before and after it was away.
    let port: UInt16
    private let registry: Mutex<RunningProgram?> = Mutex(nil)
    private let http: HTTPClient

    private init() throws {
        port = try LoopbackPort.free(1)[0]
        http = HTTPClient(on: try TestLoops.two)
    }

    /// Runs a test with a registry that knows nothing.
    static func run(_ body: (Stage) async throws -> Void) async throws {
        let stage = try Stage()
        try await stage.startRegistry()
        do {
            try await body(stage)
        } catch {
            await stage.http.close()
            throw error
        }
        await stage.stopRegistry()
        await stage.http.close()
    }

    // MARK: The registry

    /// Starts it, empty, where it was.
    func startRegistry() async throws {
        let program = try RunningProgram("vigie", ["registry", "--port", "\(port)", "--loops", "1"])
        _ = try await program.listening()
        registry.withLock { $0 = program }
    }

    /// Sends it a signal; with SIGKILL, waits until it is gone.
    func signalRegistry(_ signal: Int32) async {
        let program = registry.withLock { $0 }
        program?.process.signal(signal)
        if signal == SIGKILL { _ = await program?.process.ended() }
    }

    private func stopRegistry() async {
        let program = registry.withLock { $0.take() }
        await program?.process.stop()
    }

    /// The ports of a service's instances that the registry names, those alone that pass.
    func passing(_ service: String) async throws -> Set<UInt16> {
        Set(
            try await rows("\(service)?passing").compactMap {
                $0["Service"]?["Port"]?.integer.map { UInt16($0) }
            }
        )
    }

    /// What the registry says of a service's instances.
    func rows(_ query: String) async throws -> [JSONValue] {
        let request = HTTPRequest(.get, "/v1/health/service/\(query)")
        let answer = try await http.send(request, to: HTTPDestination(.loopback(port: port)))
        return try JSONText.decode(JSONValue.self, from: try await answer.body.collect(upTo: 1 << 20))
            .elements
    }

    // MARK: Instances

    /// Starts an instance and waits until the registry names it.
    func drill(_ environment: [String: String] = [:]) async throws -> Instance {
        var settings = ["CONSUL_HTTP_ADDR": "127.0.0.1:\(port)"]
        settings.merge(environment) { $1 }
        let program = try RunningProgram.service("DrillService", environment: settings)
        guard let port = try await program.serving().service.port else { throw NeverCame(what: "a port") }
        try await eventually("\(port) in the registry") { try await passing("drill").contains(port) }
        return Instance(program: program, port: port)
    }
}

extension JSONValue {
    var integer: Int64? { number?.int64 }

    /// The elements of an array; none of other values.
    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}
