import Foundation
import HTTP
import Reactor
import TestSupport

/// nginx before two gateways, which are processes, before four instances of `echo`.
struct FrontStage: Sendable {
    let upstreams: [Upstream]
    let gateways: [GatewayProcess]
    /// Where nginx listens.
    let front: SocketAddress
    let client: HTTPClient

    /// The field in which nginx names the gateways that it asked, with a comma between.
    static let asked: HTTPFieldName = "x-gateways"

    /// Starts all, runs a test, and stops all.
    ///
    /// - Parameters:
    ///   - document: the gateways' file.
    ///   - settings: more variables of the gateways.
    ///   - addresses: other instances than those of ``upstreams``, of which there are none then.
    ///   - body: the test.
    /// - Throws: what the start or the test threw.
    static func run(
        _ document: String,
        settings: [String: String] = [:],
        before addresses: [SocketAddress] = [],
        _ body: @Sendable (FrontStage) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "gateway.json")
        try Data(document.utf8).write(to: file)
        var upstreams: [Upstream] = []
        if addresses.isEmpty { for _ in 0..<4 { upstreams.append(try await Upstream.start()) } }
        let all = upstreams
        let addresses = addresses + all.map(\.address)
        let settings = settings.merging([
            "VIGIE_GATEWAY_FILE": file.path,
            "VIGIE_CLIENTS_PEERS": addresses.map { "echo=\($0)" }.joined(separator: ","),
        ]) { own, _ in own }
        var patience = HTTPClientSettings()
        patience.timeouts.attempt = .seconds(60)
        patience.timeouts.total = nil
        let client = HTTPClient(on: try TestLoops.two, settings: patience)
        let outcome = await Result {
            let gateways = [
                try await GatewayProcess.start(settings), try await GatewayProcess.start(settings),
            ]
            try await NginxProcess.run(in: folder) { ports in
                configuration(gateways.map(\.address), at: ports[0])
            } _: { ports in
                let front = SocketAddress.loopback(port: ports[0])
                try await body(FrontStage(upstreams: all, gateways: gateways, front: front, client: client))
            }
        }
        await client.close()
        for upstream in all { await upstream.stop() }
        try outcome.get()
    }

    /// As a front has it: idempotent requests go to the next gateway where one can't be reached or ends without an answer.
    /// With `max_fails=0` each request asks anew, so that a test need not wait until nginx has forgiven a gateway.
    private static func configuration(_ gateways: [SocketAddress], at port: UInt16) -> String {
        """
        map $http_upgrade $connection_upgrade { default upgrade; "" ""; }
        upstream gateways {
            \(gateways.map { "server \($0) max_fails=0;" }.joined(separator: " "))
            keepalive 32;
        }
        server {
            listen 127.0.0.1:\(port);
            keepalive_requests 1000000;
            location / {
                proxy_pass http://gateways;
                proxy_http_version 1.1;
                proxy_set_header Host $host;
                proxy_set_header Connection $connection_upgrade;
                proxy_set_header Upgrade $http_upgrade;
                proxy_buffering off;
                proxy_next_upstream error timeout;
                add_header X-Gateways $upstream_addr always;
            }
        }
        """
    }

    /// All instances answer so from now on.
    func allAnswer(_ answer: @escaping Upstream.Answer) {
        for upstream in upstreams { upstream.answers(answer) }
    }

    /// What all instances were asked.
    var requests: [HTTPRequestHead] { upstreams.flatMap(\.requests) }

    /// Sends a request through nginx; its status, and which gateways nginx asked.
    func send(_ method: HTTPMethod, _ target: String) async throws -> (status: Int, gateways: [String]) {
        let response = try await client.send(HTTPRequest(method, target), to: HTTPDestination(front))
        _ = try await response.body.collect(upTo: 1 << 20)
        let asked = response.head.fields[Self.asked] ?? ""
        return (
            Int(response.head.status.code), asked.split(separator: ",").map { $0.filter { $0 != " " } }
        )
    }
}
