import FoundationEssentials
import Glibc
import HTTP
import Reactor
import Supervision
import Supervisor
import SystemModel

/// `vigie up`: starts a system, and is its supervisor until it ends.
struct UpCommand: Sendable {
    private let name: String
    private let isIsolated: Bool
    private let isDetached: Bool
    private let isJSON: Bool
    private let zones: String?
    private let group: EventLoopGroup

    /// The free space below which nothing is begun: databases and logs would fail one by one.
    private static let leastSpace = 256 << 20

    init(_ texts: [String], on group: EventLoopGroup) throws {
        let arguments = try Arguments(
            texts,
            flags: ["--detach", "--isolated"],
            options: ["--format", "--zones"],
            names: 0...1
        )
        zones = arguments.value("--zones")
        name = arguments.names.first ?? SystemProgram.standard
        isIsolated = arguments.has("--isolated")
        isDetached = arguments.has("--detach")
        isJSON = try arguments.isJSON()
        self.group = group
    }

    func run() async throws -> Int32 {
        OpenFileLimit.raise()
        var program = try await SystemProgram(name, on: group.loops[0])
        if let zones { try program.setZones(zones) }
        let folder = SystemFolder(system: program.declaration.name, isIsolated: isIsolated)
        try folder.create()
        try checkSpace()
        if isDetached {
            // The process that is started takes the lock.
            guard try folder.lock() != nil else { return try await tellWhatIsUp(program, folder) }
            return try await detach(program, folder)
        }
        guard let lock = try folder.lock() else { return try await tellWhatIsUp(program, folder) }
        let status = try await supervise(program, folder)
        withExtendedLifetime(lock) {}
        return status
    }

    private func checkSpace() throws {
        var status = statvfs()
        guard unsafe statvfs(".vigie", &status) == 0 else { return }
        let free = Int(status.f_bavail) * Int(status.f_frsize)
        guard free >= Self.leastSpace else {
            throw Tool.Failure(
                description:
                    "the disk has \(free >> 20) MiB left here; at least \(Self.leastSpace >> 20) are needed"
            )
        }
    }

    // MARK: Up already, or elsewhere

    private func tellWhatIsUp(_ program: SystemProgram, _ folder: SystemFolder) async throws -> Int32 {
        let client = ControlClient(folder, on: group)
        let state = try await client.state()
        await client.close()
        guard let state else {
            throw Tool.Failure(
                description: "\(program.declaration.name) is starting or ending: try again in a moment"
            )
        }
        if isJSON {
            try StatusTable.json(state).forEach(StandardStream.output.write(line:))
        } else {
            let lines = ["\(state.system) is up already", ""] + StatusTable.lines(state) + [""]
            (lines + StatusTable.addresses(state)).forEach(StandardStream.output.write(line:))
        }
        return VigieCommand.Status.ended
    }

    /// Starts another process that supervises, and watches until all is ready.
    private func detach(_ program: SystemProgram, _ folder: SystemFolder) async throws -> Int32 {
        guard let own = Tool.ownPath else { throw Tool.Failure(description: "/proc is not mounted") }
        let log = try Files.open(folder.supervisorLog, O_WRONLY | O_CREAT | O_TRUNC)
        // It leads a group of its own, which no shell knows: it does not end with the terminal. (setsid(1) would leave it to a
        // child of its own, whose end nobody here could see.)
        let options = (isIsolated ? ["--isolated"] : []) + (zones.map { ["--zones", $0] } ?? [])
        var command = ChildProcess.Command(own, ["up", name] + options)
        (command.output, command.error) = (log.number, log.number)
        let process = try ChildProcess(command, on: group.loops[0])
        let (client, view) = (ControlClient(folder, on: group), ProgressView(isQuiet: isJSON))
        return try await withThrowingTaskGroup(of: Int32?.self) { [loop = group.loops[0]] tasks in
            tasks.addTask(executorPreference: loop) {
                _ = try await process.wait()
                let text = (try? String(contentsOfFile: folder.supervisorLog, encoding: .utf8)) ?? ""
                for line in text.split(separator: "\n").suffix(12) {
                    StandardStream.error.write(line: String(line))
                }
                return VigieCommand.Status.failed
            }
            tasks.addTask(executorPreference: loop) {
                guard let state = try await follow(client, view, loop) else { return nil }
                try show(state, program, folder)
                // At once: the wait for the supervisor's end can't be given up.
                exit(VigieCommand.Status.ended)
            }
            tasks.addTask(executorPreference: loop) {
                // Ends without one when this task is cancelled.
                for await _ in try Signals.arrivals(of: [SIGTERM, SIGINT, SIGHUP], on: loop) {
                    process.signal(SIGTERM)
                }
                return nil
            }
            defer { tasks.cancelAll() }
            while let status = try await tasks.next() { if let status { return status } }
            return VigieCommand.Status.failed
        }
    }

    /// Shows changes until all is ready; nil when the task is cancelled before.
    private func follow(
        _ client: ControlClient,
        _ view: ProgressView,
        _ loop: EventLoop
    ) async throws -> SystemState? {
        var shown: [String: String] = [:]
        while !Task.isCancelled {
            if let state = try? await client.state() {
                for process in state.processes where shown[process.name] != process.status + process.detail {
                    shown[process.name] = process.status + process.detail
                    view.show(name: process.name, word: process.status, detail: process.detail)
                }
                if state.isReady {
                    view.finish()
                    await client.close()
                    return state
                }
            }
            do { try await loop.sleep(for: .milliseconds(100)) } catch { return nil }
        }
        return nil
    }

    // MARK: Supervising

    private func supervise(_ program: SystemProgram, _ folder: SystemFolder) async throws -> Int32 {
        let view = ProgressView(isQuiet: isJSON)
        for name in folder.endLeftovers() { view.show(.note("ended what a run before left: \(name)")) }
        let receiver = try await TraceReceiver.start(into: folder, on: group)
        let plan = try SystemPlan(
            program.declaration,
            program: program.path,
            in: folder,
            collector: receiver.endpoint,
            isIsolated: isIsolated,
            on: group
        )
        for note in plan.notes { view.show(.note(note)) }
        let supervisor = Supervisor(
            plan.parts,
            in: folder,
            on: group,
            isRegistered: plan.isRegistered(on: group)
        ) { view.show($0) }
        let control = ControlServer(
            supervisor,
            system: program.declaration.name,
            title: program.declaration.title,
            addresses: plan.addresses,
            notes: plan.notes,
            on: group
        )
        let server = try await control.start()
        let isFine = try await withThrowingTaskGroup(of: Bool?.self) { [loop = group.loops[0]] tasks in
            tasks.addTask(executorPreference: loop) {
                await supervisor.run()
                return true
            }
            tasks.addTask(executorPreference: loop) {
                for await _ in try Signals.arrivals(of: [SIGTERM, SIGINT, SIGHUP], on: loop) {
                    view.show(
                        .note(
                            await supervisor.isStopping
                                ? "ending by force" : "ending, the edge first; again: by force"
                        )
                    )
                    await supervisor.stop()
                }
                return nil
            }
            tasks.addTask(executorPreference: loop) {
                await supervisor.until { $0.isReady || $0.crashing != nil || $0.isStopping }
                if let problem = await supervisor.crashing {
                    view.finish()
                    StandardStream.error.write(
                        line: "vigie up: \(problem)\nsee \(folder.logs); ending what was started"
                    )
                    await supervisor.stop()
                    return false
                }
                guard await !supervisor.isStopping else { return nil }
                view.finish()
                try show(try await control.state(), program, folder)
                return nil
            }
            var isFine = true
            while let result = try await tasks.next() {
                if result == false { isFine = false }
                if result == true { break }
            }
            tasks.cancelAll()
            return isFine
        }
        _ = await server.drain()
        await receiver.stop()
        withExtendedLifetime(plan) {}
        return isFine ? VigieCommand.Status.ended : VigieCommand.Status.failed
    }

    /// Where all is, and what to try first.
    private func show(_ state: SystemState, _ program: SystemProgram, _ folder: SystemFolder) throws {
        if isJSON { return try StatusTable.json(state).forEach(StandardStream.output.write(line:)) }
        let origin = state.addresses.first?.url ?? ""
        let tour = program.declaration.tour.map {
            $0.replacing("{origin}", with: origin).replacing(
                "{ca}",
                with: folder.absolute("front/certificates/ca.pem")
            )
        }
        // In the foreground they were shown when they came up.
        let notes = isDetached ? state.notes : []
        var lines = notes + ["", "\(state.title) is up.", ""] + StatusTable.addresses(state)
        if !tour.isEmpty { lines += ["", "Try:", ""] + tour.map { "  " + $0 } }
        lines += ["", isDetached ? "End it: vigie down" : "End it: Ctrl-C"]
        lines.forEach(StandardStream.output.write(line:))
    }
}
