import HTTP
import Reactor
import Resilience
import Telemetry
import TestSupport
import Testing

@testable import Gateway

/// A server that passes all on to one upstream, as the gateway does: upgrades by tunnels, event streams so that a drain
/// ends them.
struct TestGateway: Sendable {
    let port: UInt16
    let tunnels: OpenTunnels
    let server: HTTPServer
    let http: HTTPClient
    /// How tunnels ended.
    let ends = Events<TunnelEnd>()
    private let calls: ServiceClient

    private init(_ upstream: ScriptedUpstream, _ settings: TunnelSettings) async throws {
        let group = try TestLoops.two
        let tunnels = OpenTunnels(on: group, settings: settings)
        let http = HTTPClient(on: group)
        var callSettings = CallSettings()
        callSettings.limit = .none
        let calls = ServiceClient(
            "upstream",
            instances: BalancedInstances([HTTPDestination(.loopback(port: upstream.port))]),
            transport: http,
            telemetry: try OutgoingTelemetry(in: MetricRegistry(loops: group.loops)),
            on: group,
            settings: callSettings
        )
        var serverSettings = HTTPServerSettings()
        serverSettings.drainIdleTimeout = .milliseconds(20)
        serverSettings.drainTimeout = .seconds(20)
        let stream = calls.route("/", isStream: true)
        let ends = ends
        server = try await HTTPServer.start(
            at: .loopback(port: 0),
            on: group,
            settings: serverSettings
        ) { request in
            var outgoing = HTTPRequest(request.head)
            outgoing.head.fields.removeHopByHop()
            if OpenTunnels.isWanted(by: request) {
                OpenTunnels.ask(in: &outgoing.head)
                return tunnels.response(to: try await calls.upgrade(outgoing)) { ends.note($0) }
            }
            var response = try await calls.send(outgoing, on: stream)
            if OpenTunnels.isEventStream(response) { response.body = tunnels.eventStream(response.body) }
            return response
        }
        port = server.address.port ?? 0
        self.tunnels = tunnels
        self.http = http
        self.calls = calls
    }

    /// Runs `body`, and checks that nothing is left behind it.
    static func run(
        _ change: (inout TunnelSettings) -> Void = { _ in },
        upstream script: @escaping ScriptedUpstream.Script,
        _ body: (TestGateway) async throws -> Void
    ) async throws {
        var settings = TunnelSettings()
        settings.drainSpread = .zero
        change(&settings)
        let upstream = try ScriptedUpstream(script)
        defer { upstream.stop() }
        let gateway = try await TestGateway(upstream, settings)
        do {
            try await body(gateway)
            try await eventually("the end of all tunnels") {
                let counters = await gateway.http.counters
                return gateway.tunnels.count == 0 && counters.connectionsUpgraded == 0
                    && counters.connectionsOpen == counters.connectionsIdle
            }
        } catch {
            _ = await gateway.tunnels.drain(within: .zero)
            _ = await gateway.server.drain()
            throw error
        }
        #expect(await gateway.server.drain() == .drained)
        await gateway.http.close()
    }

    static let handshake = """
        GET /chat HTTP/1.1\r
        Host: a\r
        Connection: keep-alive, Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        \r

        """

    /// A client whose handshake is done; `head` is the answer's.
    func connect(receiveBuffer: Int32? = nil) async throws -> (wire: Wire, head: String) {
        let port = port
        return try await onThread {
            let wire = try Wire.connect(to: port, receiveBuffer: receiveBuffer)
            try wire.send(Self.handshake)
            return (wire, try wire.readHead())
        }
    }
}
