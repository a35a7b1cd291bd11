import FoundationEssentials
import Glibc
import Reactor
import Supervisor
import SystemModel

/// The subcommands that are about a whole system: each takes its arguments and returns an exit status.
enum SystemCommand {
    /// Their names.
    static let names: Set<String> = [
        "up", "down", "ps", "logs", "traces", "scale", "restart", "rollout", "stop", "start", "open", "seed",
        "doctor",
        "render", "check",
    ]

    /// Runs one, and ends the process with its status.
    static func run(_ name: String, _ arguments: [String]) -> Never {
        Signals.block([SIGTERM, SIGINT, SIGHUP])
        signal(SIGPIPE, SIG_IGN)
        if arguments.contains(where: { ["--help", "-h"].contains($0) }) {
            StandardStream.output.write(line: SystemHelp.text(of: name))
            exit(VigieCommand.Status.ended)
        }
        do {
            let group = try EventLoopGroup(count: 2)
            exit(group.runBlocking { await status(name, arguments, group) })
        } catch { fail(name, "\(error)", VigieCommand.Status.failed) }
    }

    private static func status(_ name: String, _ arguments: [String], _ group: EventLoopGroup) async -> Int32
    {
        do {
            switch name {
            case "up": return try await UpCommand(arguments, on: group).run()
            case "down": return try await down(arguments, group)
            case "ps": return try await ps(arguments, group)
            case "logs": return try await LogsCommand(arguments, on: group).run(on: group)
            case "check": return try await CheckCommand.run(arguments, on: group)
            case "doctor": return try await DoctorCommand(arguments).run(on: group)
            case "open": return try await open(arguments, group)
            case "render": return try await RenderCommand(arguments).run(on: group)
            case "seed": return try await seed(arguments, group)
            case "traces": return try await traces(arguments, group)
            default: return try await operate(name, arguments, group)
            }
        } catch let mistake as Arguments.Mistake {
            StandardStream.error.write(line: "vigie \(name): \(mistake)")
            return VigieCommand.Status.usage
        } catch {
            StandardStream.error.write(line: "vigie \(name): \(error)")
            return VigieCommand.Status.failed
        }
    }

    // MARK: Small ones

    private static func down(_ texts: [String], _ group: EventLoopGroup) async throws -> Int32 {
        let arguments = try Arguments(
            texts,
            flags: RunningSystem.flags,
            options: RunningSystem.options,
            names: 0...1
        )
        guard let (system, state) = try await RunningSystem.find(arguments, on: group) else {
            StandardStream.output.write(line: "nothing is up here")
            return VigieCommand.Status.ended
        }
        StandardStream.output.write(line: "ending \(state.system)")
        try await system.client.run("down")
        var left: [String] = []
        while let state = try await system.client.state() {
            let names = state.processes.filter { $0.pid != nil }.map(\.name)
            for name in left where !names.contains(name) {
                StandardStream.output.write(line: "  \(name) ended")
            }
            left = names
            try await group.loops[0].sleep(for: .milliseconds(100))
        }
        await system.client.close()
        while ProcessTable.entry(state.pid) != nil { try await group.loops[0].sleep(for: .milliseconds(20)) }
        StandardStream.output.write(line: "\(state.system) is down; its data stays in \(system.folder.path)")
        return VigieCommand.Status.ended
    }

    private static func ps(_ texts: [String], _ group: EventLoopGroup) async throws -> Int32 {
        let options = RunningSystem.options.union(["--format"])
        let arguments = try Arguments(texts, flags: RunningSystem.flags, options: options, names: 0...0)
        let (system, state) = try await RunningSystem.require(arguments, on: group)
        await system.client.close()
        for line in try arguments.isJSON() ? StatusTable.json(state) : StatusTable.lines(state) {
            StandardStream.output.write(line: line)
        }
        return VigieCommand.Status.ended
    }

    /// scale, restart, rollout, stop, start.
    private static func operate(
        _ verb: String,
        _ texts: [String],
        _ group: EventLoopGroup
    ) async throws -> Int32 {
        let arguments = try Arguments(
            texts,
            flags: RunningSystem.flags,
            options: RunningSystem.options,
            names: 1...64
        )
        // All are read before anything is done.
        let steps = try arguments.names.map { name -> [String] in
            guard verb == "scale" else { return [name] }
            let pieces = name.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard pieces.count == 2, let count = Int(pieces[1]), count > 0 else {
                throw Arguments.Mistake(
                    description: "\(name.debugDescription) is not NAME=COUNT, such as listing=3"
                )
            }
            return pieces
        }
        let (system, _) = try await RunningSystem.require(arguments, on: group)
        for step in steps {
            StandardStream.output.write(line: "\(verb) \(step.joined(separator: "=")) …")
            if step.count == 2 {
                try await system.client.run(verb, step[0], step[1])
            } else {
                try await system.client.run(verb, step[0])
            }
        }
        let state = try await system.client.state()
        await system.client.close()
        for line in state.map(StatusTable.lines) ?? [] { StandardStream.output.write(line: line) }
        return VigieCommand.Status.ended
    }

    private static func open(_ texts: [String], _ group: EventLoopGroup) async throws -> Int32 {
        let arguments = try Arguments(
            texts,
            flags: RunningSystem.flags,
            options: RunningSystem.options,
            names: 0...1
        )
        let (system, state) = try await RunningSystem.require(arguments, on: group)
        await system.client.close()
        let wanted = arguments.names.first?.lowercased()
        let chosen = state.addresses.filter { wanted == nil || $0.name.lowercased().hasPrefix(wanted ?? "") }
        guard !chosen.isEmpty else {
            let known = state.addresses.map(\.name).joined(separator: ", ")
            throw Arguments.Mistake(description: "there is no page \(wanted ?? ""); there are: \(known)")
        }
        for address in chosen {
            StandardStream.output.write(line: "\(address.name)  \(address.url)")
            let environment = ProcessInfo.processInfo.environment
            guard let opener = Tool.find("xdg-open"),
                environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil
            else { continue }
            try await Tool.run(opener, [address.url], on: group.loops[0])
        }
        return VigieCommand.Status.ended
    }

    private static func traces(_ texts: [String], _ group: EventLoopGroup) async throws -> Int32 {
        let options = RunningSystem.options.union(["--last"])
        let flags = RunningSystem.flags.union(["--all"])
        let arguments = try Arguments(texts, flags: flags, options: options, names: 0...1)
        let folder = try await RunningSystem.folder(arguments, on: group)
        let waterfall = Waterfall(try TraceFile.lines(in: folder.traces))
        let count = arguments.value("--last").flatMap { Int($0) } ?? 20
        guard let id = arguments.names.first else {
            let lines = waterfall.list(count, isAll: arguments.has("--all"))
            for line in lines { StandardStream.output.write(line: line) }
            if lines.isEmpty { StandardStream.output.write(line: "no traces yet: make a request first") }
            return VigieCommand.Status.ended
        }
        guard let lines = waterfall.lines(of: id) else {
            throw Arguments.Mistake(
                description: "there is no trace \(id), or more than one that begins so: vigie traces"
            )
        }
        for line in lines { StandardStream.output.write(line: line) }
        return VigieCommand.Status.ended
    }

    /// Hands on to the system's program, with the addresses of what is up.
    private static func seed(_ texts: [String], _ group: EventLoopGroup) async throws -> Int32 {
        guard let name = texts.first, !name.hasPrefix("-") else {
            throw Arguments.Mistake(description: "which system? vigie seed \(SystemProgram.standard)")
        }
        // What is not said to this program is said to the system's.
        let own = texts.filter { RunningSystem.flags.contains($0) }
        let others = texts.dropFirst().filter { !RunningSystem.flags.contains($0) }
        let arguments = try Arguments(
            ["--system", name] + own,
            flags: RunningSystem.flags,
            options: RunningSystem.options,
            names: 0...0
        )
        let (system, state) = try await RunningSystem.require(arguments, on: group)
        await system.client.close()
        var addresses: [String] = []
        for process in state.processes where process.name.hasSuffix("/1") {
            addresses += ["--\(process.part)", "http://127.0.0.1:\(process.port)"]
        }
        let program = try await SystemProgram(name, on: group.loops[0])
        let services = Set(program.declaration.services.map { "--\($0.name)" })
        let kept = stride(from: 0, to: addresses.count, by: 2).filter { services.contains(addresses[$0]) }
            .flatMap { [addresses[$0], addresses[$0 + 1]] }
        replace(program.path, ["seed"] + kept + others)
    }

    /// Becomes another program.
    private static func replace(_ path: String, _ arguments: [String]) -> Never {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe pthread_sigmask(SIG_SETMASK, &set, nil)
        // execv(3) takes an array that ends with NULL; both live until it succeeds or this returns.
        var pointers = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        unsafe execv(path, &pointers)
        fail("seed", "\(path): \(unsafe String(cString: strerror(errno)))", VigieCommand.Status.failed)
    }

    static func fail(_ name: String, _ text: String, _ status: Int32) -> Never {
        StandardStream.error.write(line: "vigie \(name): \(text)")
        exit(status)
    }
}
