import Reactor
import Synchronization
import Telemetry
import Vigie

/// Reads what nginx writes into its log, and measures it.
final class AccessLogReader: Sendable {
    private let log: Mutex<AccessLog>
    private let nginx: NginxServer
    private let metrics: FrontMetrics
    private let group: EventLoopGroup

    private static let step = Duration.milliseconds(250)

    /// - Throws: `StartError` when a log that is there can't be read.
    init(
        _ folder: FrontFolder,
        _ options: FrontOptions,
        _ nginx: NginxServer,
        _ metrics: FrontMetrics,
        _ setup: ServiceSetup
    ) throws(StartError) {
        do throws(SystemError) {
            log = Mutex(try AccessLog(folder.accessLog, sizeLimit: Int64(options.logLimit)))
        } catch { throw StartError("\(error)") }
        (self.nginx, self.metrics, group) = (nginx, metrics, setup.group)
    }

    /// Reads again and again, until the task is cancelled.
    ///
    /// - Throws: `SystemError`; `BlockingPool.Overloaded`.
    func run() async throws {
        while (try? await group.next().sleep(for: Self.step)) != nil {
            if try await read() { nginx.reopenLog() }
        }
    }

    /// Reads what is left when nginx has ended.
    func finish() async { _ = try? await read() }

    /// Reads what is new. Returns whether nginx must open another file.
    private func read() async throws -> Bool {
        try await group.blocking.run { [self] in
            try log.withLock { (log) throws(SystemError) in
                try log.read { metrics.take($0) }
                let isRotated = try log.rotate()
                try log.save()
                return isRotated
            }
        }
    }
}
