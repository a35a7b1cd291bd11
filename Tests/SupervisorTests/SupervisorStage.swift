import Foundation
import Reactor
import Supervision
import Synchronization
import TestSupport

@testable import Supervisor

/// A supervisor of shell scripts. A script is ready when it has made the file `NAME-NUMBER.ready`; each notes its end in the
/// file `order`.
final class SupervisorStage: Sendable {
    let folder: TemporaryFolder
    let system: SystemFolder
    let supervisor: Supervisor
    private let log: EventLog

    /// Says that it is ready, and ends when it is asked.
    static let obedient = """
        trap 'echo "$NAME" >> order; exit 0' TERM
        : > "$NAME.ready"
        while :; do sleep 0.02; done
        """

    /// What the test plan is made of.
    struct Part {
        let name: String
        var needs: [String] = []
        var count = 1
        var script = SupervisorStage.obedient
        var ladder = StopLadder(patience: .seconds(20))
        var isScalable = true
        var registered: String?
    }

    init(
        _ parts: [Part],
        isRegistered: @escaping @Sendable (String, Int) async -> Bool = { _, _ in true }
    ) throws {
        let folder = try TemporaryFolder()
        let system = SystemFolder(path: folder.path)
        try system.create()
        let plans = try parts.map { part in
            guard let port = try ReservedPort(for: .loopback(port: 0)) else { throw NotYet() }
            return PartPlan(
                name: part.name,
                needs: part.needs,
                count: part.count,
                isScalable: part.isScalable,
                port: port,
                registered: part.registered,
                probe: .check { place in
                    guard folder.holds("\(part.name)-\(place.number).ready") else { throw NotYet() }
                },
                ladder: part.ladder,
                command: { place in
                    var command = ChildProcess.Command("/bin/sh", ["-c", part.script])
                    command.directory = folder.path
                    command.environment = [
                        "NAME=\(part.name)-\(place.number)", "PORT=\(place.port)",
                        "PATH=\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")",
                    ]
                    return command
                },
                prepare: { place in
                    try? FileManager.default.removeItem(
                        atPath: "\(folder.path)/\(part.name)-\(place.number).ready"
                    )
                }
            )
        }
        self.folder = folder
        self.system = system
        let seen = EventLog()
        log = seen
        supervisor = Supervisor(
            plans,
            in: system,
            on: try TestLoops.two,
            isRegistered: isRegistered
        ) { event in
            switch event {
            case .note(let text): seen.note(text)
            case .status(let name, let status): seen.note("\(name) \(status.word) \(status.detail)")
            }
        }
    }

    private struct NotYet: Error {}

    /// What was reported so far, a line each.
    var reports: [String] { log.all }

    /// Lets it run while `body` does, and then ends it.
    func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { [supervisor] tasks in
            tasks.addTask { await supervisor.run() }
            let result = await Task { try await body() }.result
            await supervisor.stop()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    /// The lines of the file `order`.
    var order: [String] {
        let text = (try? String(contentsOfFile: folder.path + "/order", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    /// Waits until all is ready.
    func ready() async { await supervisor.until { $0.isReady } }

    /// The processes by name.
    func processes() async -> [String: SystemState.Process] {
        Dictionary(uniqueKeysWithValues: await supervisor.processes().map { ($0.name, $0) })
    }

    /// The status of a process.
    func status(_ name: String) async -> String? { await processes()[name]?.status }
}

/// Texts noted from anywhere.
final class EventLog: Sendable {
    private let texts: Mutex<[String]> = Mutex([])
    func note(_ text: String) { texts.withLock { $0.append(text) } }
    var all: [String] { texts.withLock { $0 } }
}
