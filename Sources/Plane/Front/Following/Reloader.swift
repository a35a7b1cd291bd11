import Reactor
import Synchronization
import Telemetry
import Vigie

/// Brings what is wanted into force: rendered, compared, tested by nginx itself, and only then taken.
actor Reloader {
    private let wanted: WantedConfiguration
    private let nginx: NginxServer
    private let program: NginxProgram
    private let folder: FrontFolder
    private let gateways: GatewaySet
    private let metrics: FrontMetrics
    private let health: FrontHealth
    private let group: EventLoopGroup
    private let logger: Logger
    /// What is in force.
    private var text = ""

    private static let step = Duration.milliseconds(50)
    private static let retry = Duration.seconds(5)

    init(
        _ wanted: WantedConfiguration,
        _ nginx: NginxServer,
        _ program: NginxProgram,
        _ folder: FrontFolder,
        _ gateways: GatewaySet,
        _ metrics: FrontMetrics,
        _ health: FrontHealth,
        _ setup: ServiceSetup
    ) {
        (self.wanted, self.nginx, self.program, self.folder, self.gateways) = (
            wanted, nginx, program, folder, gateways
        )
        (self.metrics, self.health, group, logger) = (metrics, health, setup.group, setup.logger)
    }

    /// Starts nginx with what is wanted.
    ///
    /// - Throws: `StartError` when nginx does not take it, or does not start.
    func begin() async throws(StartError) {
        let configuration = wanted.now
        if let complaint = await prepare(configuration.text()) {
            throw StartError("nginx does not take this: \(complaint)")
        }
        try await nginx.start()
        gateways.areInForce(configuration.gateways)
    }

    /// Follows what is wanted, until the task is cancelled.
    func run() async {
        while (try? await group.next().sleep(for: Self.step)) != nil {
            guard let configuration = wanted.take(at: .now) else { continue }
            await apply(configuration)
        }
    }

    private func apply(_ configuration: NginxConfiguration) async {
        let new = configuration.text()
        guard new != text else {
            health.configurationProblem = nil
            return gateways.areInForce(configuration.gateways)
        }
        if let complaint = await prepare(new) { return fail(.refused, complaint) }
        switch await nginx.reload() {
        case .failed:
            // What nginx serves by is not known now: the next try must not be spared.
            text = ""
            fail(.failed, "no new workers came")
        case .done, .notRunning:
            health.configurationProblem = nil
            metrics.reloaded(.done)
            logger.info("nginx reloaded", ["gateways": .int(configuration.gateways.count)])
            gateways.areInForce(configuration.gateways)
        }
    }

    /// Puts a text in the place of nginx's configuration. Returns what is wrong with it; nil when it is there.
    private func prepare(_ new: String) async -> String? {
        let candidate = folder.candidate
        do {
            try await group.blocking.run { try PlainFile.write(candidate, Array(new.utf8)) }
            if let complaint = await program.complaint(about: candidate, in: folder.path) { return complaint }
            let target = folder.configuration
            try await group.blocking.run { try PlainFile.move(candidate, to: target) }
        } catch { return "\(error)" }
        text = new
        return nil
    }

    private func fail(_ result: ReloadResult, _ reason: String) {
        metrics.reloaded(result)
        health.configurationProblem = reason
        logger.error(
            "nginx keeps its old configuration",
            ["result": .string(result.rawValue), "error": .string(reason)]
        )
        wanted.retry(at: .now + Self.retry)
    }
}
