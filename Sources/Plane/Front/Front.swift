import Configuration
import Discovery
import Glibc
import HTTP
import Reactor
import Routing
import Startup
import Synchronization
import Telemetry
public import Vigie

/// The front: nginx before the gateways, for TLS, limits by address, and static files.
///
/// A service as any other: its health, metrics, traces, logs, registration and draining are those of every service. nginx is its
/// child, lives as long as it does, and is told which gateways there are.
public struct Front: Service {
    /// `front`.
    public static let name: ServiceName = "front"
    /// The settings beside those of every service.
    public static let options: [any ConfigurationPart.Type] = [FrontOptions.self]

    /// Nothing but what every service answers: the rest is nginx's.
    public var routes: some Routes { RouteList([]) }

    /// Whom requests are passed on to.
    private static let gateway: ServiceName = "gateway"

    /// Who must not be in the folder at the same time.
    private let lock: FolderLock

    /// Starts nginx.
    ///
    /// - Throws: `StartError` for what keeps nginx from serving, or with all mistakes of the front's file.
    public init(_ setup: ServiceSetup) async throws {
        let options = setup.configuration[FrontOptions.self]
        guard setup.discovery != nil || !setup.peers(of: Self.gateway).isEmpty else {
            throw StartError(
                "nobody says where gateways are: set CONSUL_HTTP_ADDR, or clients.peers to gateway=host:port"
            )
        }
        try Self.checkPorts(options, own: setup.ownPort)
        let folder = try FrontFolder(making: options.directory)
        lock = try folder.lock()
        let program = try await NginxProgram(options.nginx, on: setup.group.next())
        let user = try WorkerUser.find()
        try user?.checkEntering(folder.path, "front.directory")
        let file = options.file.map { DocumentFile($0, setup) }
        let document = try await file?.load() ?? FrontDocument()
        if let files = document.staticFolder { try user?.checkEntering(files, "static") }
        let certificates = FrontCertificates(options, folder, setup)
        let configuration = NginxConfiguration(
            folder: folder,
            document: document,
            gateways: [],
            http: .init(address: "\(options.address(options.httpPort))", port: UInt16(options.httpPort)),
            https: .init(address: "\(options.address(options.httpsPort))", port: UInt16(options.httpsPort)),
            names: options.names,
            certificate: try await certificates.make(),
            user: user?.user,
            workers: options.workers,
            connections: Self.connections,
            sampled: setup.configuration[TraceOptions.self].ratio,
            version: program.version
        )
        let wanted = WantedConfiguration(configuration)
        let gateways = GatewaySet(setup.http, on: setup.group, setup.logger) { found in
            wanted.change { $0.gateways = found }
        }
        await Self.follow(gateways, setup)
        let metrics = try FrontMetrics(in: setup.telemetry.metrics)
        let health = FrontHealth()
        let nginx = NginxServer(program, folder, setup.http, setup.logger, on: setup.group)
        let reloader = Reloader(wanted, nginx, program, folder, gateways, metrics, health, setup)
        try await reloader.begin()
        setup.runs("nginx") { await nginx.run { metrics.restarts.add() } }
        setup.runs("nginx's configuration") { await reloader.run() }
        setup.runs("the front's files") {
            await Self.followFiles(file, certificates, wanted, health, on: setup.group)
        }
        setup.runs("the certificate") { await certificates.renew(health) }
        let reader = try AccessLogReader(folder, options, nginx, metrics, setup)
        setup.runs("the access log") { try await reader.run() }
        try Self.watch(nginx, gateways, health, setup)
        let patience = setup.drainTimeout
        setup.drains {
            await nginx.stop(within: patience)
            await reader.finish()
        }
    }

    /// Connections of one worker; each request that is passed on takes two.
    private static var connections: Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        return Int(min(8_192, max(256, limit.rlim_cur / 2)))
    }

    private static func checkPorts(_ options: FrontOptions, own: Int) throws(StartError) {
        for (setting, port) in [
            ("front.http-port", options.httpPort), ("front.https-port", options.httpsPort),
        ] {
            guard port != own else {
                throw StartError(
                    "\(setting) and server.port are both \(port): name another, such as --server-port 8081"
                )
            }
            do throws(SystemError) {
                _ = try ListeningSockets.open(options.address(port), count: 1)
            } catch { throw StartError("\(setting): \(error)") }
        }
    }

    /// Follows the gateways, and waits for the first answer.
    private static func follow(_ gateways: GatewaySet, _ setup: ServiceSetup) async {
        let peers = setup.peers(of: gateway)
        guard peers.isEmpty else {
            return gateways.fix(
                peers.compactMap { GatewayAddress(host: $0.host, port: $0.port ?? 0) }.sorted()
            )
        }
        guard let directory = setup.discovery?.directory else { return }
        _ = directory.watch(gateway.name, gateways)
        setup.runs("gateways") { await gateways.run() }
        await directory.settle(by: .now + .seconds(3), on: setup.group.next())
    }

    private static func followFiles(
        _ file: DocumentFile?,
        _ certificates: FrontCertificates,
        _ wanted: WantedConfiguration,
        _ health: FrontHealth,
        on group: EventLoopGroup
    ) async {
        var known = await file?.read()
        while (try? await group.next().sleep(for: .seconds(1))) != nil {
            await file?.look(&known, health) { document in wanted.change { $0.document = document } }
            if let files = await certificates.look() { wanted.change { $0.certificate = files } }
        }
    }

    /// Tells how nginx is.
    private static func watch(
        _ nginx: NginxServer,
        _ gateways: GatewaySet,
        _ health: FrontHealth,
        _ setup: ServiceSetup
    ) throws {
        let metrics = setup.telemetry.metrics
        try metrics.observe(StandardMetrics.frontGateways) { [MetricReading(Double(gateways.count))] }
        try metrics.observe(StandardMetrics.frontNginxUp) { [MetricReading(health.status == nil ? 0 : 1)] }
        try metrics.observe(StandardMetrics.frontWorkers) {
            let leaving = nginx.workers.map(\.isLeaving)
            return [(false, "serving"), (true, "leaving")].map { isLeaving, state in
                MetricReading(Double(leaving.count { $0 == isLeaving }), labels: [state])
            }
        }
        try metrics.observe(StandardMetrics.frontConnections) {
            health.status?.states.map { MetricReading(Double($0.1), labels: [$0.0]) } ?? []
        }
        setup.depends(on: "nginx") {
            guard await nginx.status() != nil else { throw StartError("nginx does not answer") }
        }
        setup.depends(on: "gateways", isRequired: false) {
            guard gateways.count > 0 else { throw StartError("there is no gateway") }
        }
        setup.depends(on: "configuration", isRequired: false) { try health.check() }
        let group = setup.group
        setup.runs("nginx's figures") {
            repeat {
                health.status = await nginx.status()
            } while (try? await group.next().sleep(for: .seconds(1))) != nil
        }
    }
}
