import FoundationEssentials
import Glibc
import HTTP
import JSON
import Reactor
import Supervision
import Synchronization

/// The processes of a drill: started here, and stopped at its end, however that comes.
final class DrillStage: Sendable {
    /// A process that serves.
    struct Served: Sendable {
        let process: SupervisedProcess
        let port: UInt16
    }

    /// What went wrong, in words.
    struct Trouble: Error, CustomStringConvertible { let description: String }

    private let group: EventLoopGroup
    private let http: HTTPClient
    private let all: Mutex<[(process: SupervisedProcess, product: String)]> = Mutex([])
    private let registryPort = Mutex(UInt16(0))

    init(on group: EventLoopGroup) {
        self.group = group
        http = HTTPClient(on: group)
    }

    // MARK: Processes

    /// Starts the registry, empty; the second time where it was the first time.
    func registry() async throws -> SupervisedProcess {
        let port = registryPort.withLock { $0 }
        let process = try start("vigie", ["registry", "--port", "\(port)", "--loops", "1"], [:])
        guard let line = await process.line(where: { $0.contains("listening on") }),
            let bound = line.split(separator: ":").last.flatMap({ UInt16($0) })
        else { throw Trouble(description: "vigie registry did not start: \(await Self.rest(process))") }
        registryPort.withLock { $0 = bound }
        return process
    }

    /// Starts a service, and waits until the registry names it.
    func service(_ product: String, _ name: String, _ settings: [String: String] = [:]) async throws -> Served
    {
        var environment = [
            "CONSUL_HTTP_ADDR": "127.0.0.1:\(registryPort.withLock { $0 })", "VIGIE_SERVER_PORT": "0",
            "VIGIE_SERVER_LOOPS": "1", "VIGIE_DISCOVERY_SNAPSHOTS": "",
        ]
        environment.merge(settings) { $1 }
        let process = try start(product, [], environment)
        guard let line = await process.line(where: { $0.contains(#""msg":"serving""#) }),
            let value = try? JSONText.decode(JSONValue.self, from: Array(line.utf8)),
            let port = value["address"]?.string?.split(separator: ":").last.flatMap({ UInt16($0) })
        else { throw Trouble(description: "\(product) did not start: \(await Self.rest(process))") }
        try await wait(for: "\(name) on port \(port) in the registry") {
            try await passing(name).contains(port)
        }
        return Served(process: process, port: port)
    }

    private func start(
        _ product: String,
        _ arguments: [String],
        _ settings: [String: String]
    ) throws -> SupervisedProcess {
        var path = [CChar](repeating: 0, count: 4096)
        let length = unsafe readlink("/proc/self/exe", &path, path.count)
        let own = String(decoding: path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = own.split(separator: "/").dropLast().joined(separator: "/")
        var command = ChildProcess.Command("/\(folder)/\(product)", arguments)
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("CONSUL_") }
        command.environment = inherited.merging(settings) { $1 }.map { "\($0.key)=\($0.value)" }
        let process = try SupervisedProcess(command, on: group.loops[0])
        all.withLock { all in
            all.removeAll { $0.process.exit != nil }
            all.append((process, product))
        }
        return process
    }

    private static func rest(_ process: SupervisedProcess) async -> String {
        await process.stop(StopLadder(patience: .seconds(1)))
        var text = ""
        while let line = await process.line() { text += line + "\n" }
        return text
    }

    /// Stops all: who calls goes before those who are called, and the registry, which they leave, is the last.
    func stop() async {
        let all = all.withLock { $0 }
        for product in ["DrillLoad", "DrillService", "vigie"] {
            await withDiscardingTaskGroup { tasks in
                for (process, own) in all where own == product { tasks.addTask { await process.stop() } }
            }
        }
        await http.close()
    }

    // MARK: Questions

    /// The ports of a service's instances that pass.
    func passing(_ service: String) async throws -> Set<UInt16> {
        let value = try await json("/v1/health/service/\(service)?passing", registryPort.withLock { $0 })
        guard case .array(let rows) = value else { return [] }
        return Set(rows.compactMap { $0["Service"]?["Port"]?.number?.int64.map { UInt16($0) } })
    }

    /// What a process answers, as JSON.
    func json(_ target: String, _ port: UInt16) async throws -> JSONValue {
        try JSONText.decode(JSONValue.self, from: try await content(target, port))
    }

    /// The value of a metric without labels; nil when it isn't there.
    func metric(_ name: String, _ port: UInt16) async throws -> Double? {
        let text = String(decoding: try await content("/metrics", port), as: UTF8.self)
        return text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
            .flatMap { Double($0.dropFirst(name.count + 1)) }
    }

    private func content(_ target: String, _ port: UInt16) async throws -> [UInt8] {
        let response = try await http.send(
            HTTPRequest(.get, target),
            to: HTTPDestination(.loopback(port: port))
        )
        return try await response.body.collect(upTo: 16 << 20)
    }

    /// Looks again and again, 60 seconds at most.
    func wait(for what: String, _ condition: () async throws -> Bool) async throws {
        let end = MonotonicInstant.now + .seconds(60)
        while try await !condition() {
            guard .now < end else { throw Trouble(description: "waited in vain for \(what)") }
            try await group.loops[0].sleep(for: .milliseconds(20))
        }
    }

    /// Lets time pass.
    func sleep(for time: Duration) async throws { try await group.loops[0].sleep(for: time) }
}
