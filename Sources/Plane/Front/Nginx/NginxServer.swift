import Glibc
import HTTP
import Reactor
import Supervision
import Synchronization
import Telemetry
import Vigie

/// nginx as our child: started, kept running, told of a new configuration, stopped.
final class NginxServer: Sendable {
    private struct State {
        var process: SupervisedProcess?
        var isStopping = false
    }

    /// What became of a reload.
    enum Reload: Sendable {
        /// New workers serve, and the old ones accept nothing any more.
        case done
        /// The old ones serve on.
        case failed
        /// There is no nginx now: the next one begins with the new configuration.
        case notRunning
    }

    private let program: NginxProgram
    private let folder: FrontFolder
    private let client: HTTPClient
    private let group: EventLoopGroup
    private let logger: Logger
    private let state = Mutex(State())

    /// How long a start and a reload may take.
    private static let patience = Duration.seconds(10)
    /// How long old workers may finish requests whose heads they had already begun to read, before others are told that
    /// nothing is sent by the old configuration.
    private static let grace = Duration.seconds(1)
    private static let waits = (first: Duration.milliseconds(100), longest: Duration.seconds(10))
    private static let step = Duration.milliseconds(20)

    init(
        _ program: NginxProgram,
        _ folder: FrontFolder,
        _ client: HTTPClient,
        _ logger: Logger,
        on group: EventLoopGroup
    ) {
        (self.program, self.folder, self.client, self.group) = (program, folder, client, group)
        self.logger = logger
    }

    /// Starts it, and waits until it answers.
    ///
    /// - Throws: `StartError` with its own words when it ends instead.
    func start() async throws(StartError) {
        // Left behind where nginx was killed.
        SocketFile.remove(folder.socket)
        let process: SupervisedProcess
        do throws(SystemError) {
            let command = program.command(folder.configuration, in: folder.path)
            // Workers of an nginx that was killed would hold its ports.
            process = try SupervisedProcess(command, endsGroup: true, on: group.next())
        } catch { throw StartError("\(error)") }
        let isWanted = state.withLock { state in
            if !state.isStopping { state.process = process }
            return !state.isStopping
        }
        guard isWanted else { throw StartError("stopping") }
        let end = MonotonicInstant.now + Self.patience
        while await status() == nil {
            if process.exit == nil, .now < end, (try? await group.next().sleep(for: Self.step)) != nil {
                continue
            }
            await process.stop(StopLadder(patience: .zero))
            throw StartError("nginx does not start: \(await lastWords(of: process))")
        }
        logger.info("nginx serves", ["pid": .int(Int(process.id))])
    }

    /// Hands its log on, and starts it again whenever it ends by itself, until the task is cancelled or ``stop(within:)``.
    func run(restarted: () -> Void) async {
        var wait = Self.waits.first
        while let process = state.withLock({ $0.isStopping ? nil : $0.process }) {
            let began = MonotonicInstant.now
            while let line = await process.line() { tell(line) }
            guard let exit = await process.ended(), !state.withLock({ $0.isStopping }) else { return }
            logger.error("nginx has ended, and is started again", ["exit": "\(exit)"])
            if .now - began > .seconds(30) { wait = Self.waits.first }
            while true {
                guard (try? await group.next().sleep(for: wait)) != nil else { return }
                wait = min(wait * 2, Self.waits.longest)
                do throws(StartError) {
                    try await start()
                    restarted()
                    break
                } catch {
                    guard !state.withLock({ $0.isStopping }) else { return }
                    logger.error("nginx does not start", ["error": "\(error)"])
                }
            }
        }
    }

    /// Has it read its configuration anew, and waits until no worker of before accepts connections.
    func reload() async -> Reload {
        guard let process = state.withLock({ $0.process }), process.exit == nil else { return .notRunning }
        let before = Set(await workers(of: process).filter { !$0.isLeaving }.map(\.id))
        guard process.signal(SIGHUP) else { return .notRunning }
        let end = MonotonicInstant.now + Self.patience
        while true {
            guard process.exit == nil else { return .notRunning }
            let serving = Set(await workers(of: process).filter { !$0.isLeaving }.map(\.id))
            if !serving.isEmpty, serving.isDisjoint(with: before) { break }
            guard .now < end, (try? await group.next().sleep(for: Self.step)) != nil else { return .failed }
        }
        let goodbye = MonotonicInstant.now + Self.grace
        while .now < goodbye, await workers(of: process).contains(where: { before.contains($0.id) }) {
            guard (try? await group.next().sleep(for: Self.step)) != nil else { break }
        }
        return .done
    }

    /// Its workers now, of which those that are leaving only finish what was open before a reload; blocks.
    var workers: [NginxWorkers.Worker] {
        guard let process = state.withLock({ $0.process }), process.exit == nil else { return [] }
        return NginxWorkers.of(process.id)
    }

    /// Has it open its log anew.
    func reopenLog() { state.withLock { $0.process }?.signal(SIGUSR1) }

    /// Lets it finish what is in flight, at most so long, and ends it.
    func stop(within patience: Duration) async {
        let process = state.withLock { state in
            state.isStopping = true
            return state.process
        }
        guard let process else { return }
        let exit = await process.stop(StopLadder(signal: SIGQUIT, patience: patience))
        guard exit != .exited(0) else { return logger.info("nginx has drained") }
        logger.warning("nginx was cut: connections were still open", ["exit": "\(exit)"])
    }

    /// What it tells of its connections; nil when it does not answer.
    func status() async -> StubStatus? {
        var timeouts = HTTPTimeouts()
        (timeouts.attempt, timeouts.total) = (.seconds(1), .seconds(1))
        let response = try? await client.send(
            HTTPRequest(.get, "/status"),
            to: HTTPDestination(.unix(path: folder.socket)),
            timeouts: timeouts
        )
        guard let response, let bytes = try? await response.body.collect(upTo: 4_096) else { return nil }
        return StubStatus(String(decoding: bytes, as: UTF8.self))
    }

    private func workers(of process: SupervisedProcess) async -> [NginxWorkers.Worker] {
        let master = process.id
        return (try? await group.blocking.run { NginxWorkers.of(master) }) ?? []
    }

    private func tell(_ line: String) {
        let line = NginxLine(line)
        logger.log(line.level, "nginx", ["text": .string(line.message)])
    }

    private func lastWords(of process: SupervisedProcess) async -> String {
        var words: [String] = []
        while let line = await process.line() { words.append(NginxLine(line).message) }
        // It says each address that it can't have several times.
        return words.last { !$0.contains("still could not bind") } ?? "it said nothing"
    }
}
