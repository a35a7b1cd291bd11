import FoundationEssentials
import Reactor
import Supervisor

/// The system that a command is about: the one that is named, or the one that is up.
struct RunningSystem {
    let folder: SystemFolder
    let client: ControlClient

    /// The options that say which one.
    static let options: Set<String> = ["--system"]
    static let flags: Set<String> = ["--isolated"]

    /// What is up in this folder and meant; nil when nothing is.
    ///
    /// - Throws: ``Arguments/Mistake`` when more than one could be meant.
    static func find(
        _ arguments: Arguments,
        on group: EventLoopGroup
    ) async throws -> (RunningSystem, SystemState)? {
        var found: [(RunningSystem, SystemState)] = []
        for folder in candidates(arguments) {
            let client = ControlClient(folder, on: group)
            guard let state = try await client.state() else {
                await client.close()
                continue
            }
            found.append((RunningSystem(folder: folder, client: client), state))
        }
        guard found.count < 2 else { throw ambiguity(found.map(\.0.folder)) }
        return found.first
    }

    /// The same where something has to be up.
    static func require(
        _ arguments: Arguments,
        on group: EventLoopGroup
    ) async throws -> (RunningSystem, SystemState) {
        guard let found = try await find(arguments, on: group) else {
            throw Arguments.Mistake(description: "nothing is up in this folder; start it: vigie up")
        }
        return found
    }

    /// The files of the system that is meant, also of one that is down: the one that is named, the one that is up, else
    /// the standard one.
    ///
    /// - Throws: ``Arguments/Mistake`` when more than one could be meant.
    static func folder(_ arguments: Arguments, on group: EventLoopGroup) async throws -> SystemFolder {
        if let (system, _) = try await find(arguments, on: group) {
            await system.client.close()
            return system.folder
        }
        return SystemFolder(
            system: arguments.value("--system") ?? SystemProgram.standard,
            isIsolated: arguments.has("--isolated")
        )
    }

    private static func ambiguity(_ folders: [SystemFolder]) -> Arguments.Mistake {
        let names = folders.map { $0.path.dropFirst(".vigie/".count) }.joined(separator: ", ")
        return Arguments.Mistake(
            description: "more than one is up (\(names)): say --system NAME or --isolated"
        )
    }

    private static func candidates(_ arguments: Arguments) -> [SystemFolder] {
        let isIsolated = arguments.has("--isolated")
        if let name = arguments.value("--system") {
            return [SystemFolder(system: name, isIsolated: isIsolated)]
        }
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: ".vigie")) ?? []).sorted()
        let suffix = "-isolated"
        return names.filter { !isIsolated || $0.hasSuffix(suffix) }.map { name in
            name.hasSuffix(suffix)
                ? SystemFolder(system: String(name.dropLast(suffix.count)), isIsolated: true)
                : SystemFolder(system: name, isIsolated: false)
        }.filter { FileManager.default.fileExists(atPath: $0.socket) }
    }
}
