import Foundation
import HTTP
import JSON
import Reactor
import Supervision
import TestSupport

/// `vigie front` as a process, with a folder of its own, on ports that were free a moment before.
final class FrontStage: Sendable {
    /// Its folder, which nginx's workers can enter.
    let folder: TemporaryFolder
    let front: RunningProgram
    let gateways: [EchoGateway]
    let httpPort: UInt16
    let httpsPort: UInt16
    /// Where the front itself answers.
    let address: SocketAddress

    /// What trusts the front's certificate.
    var authority: String { "\(folder.path)/front/certificates/ca.pem" }

    /// All is passed on, without limits that a test could meet.
    static let open = #"{"locations": [{"path": "/api/"}], "bodyLimit": "1MiB", "connections": 1000}"#

    private init(
        _ folder: TemporaryFolder,
        _ front: RunningProgram,
        _ gateways: [EchoGateway],
        _ ports: [UInt16],
        _ address: SocketAddress
    ) {
        (self.folder, self.front, self.gateways, self.address) = (folder, front, gateways, address)
        (httpPort, httpsPort) = (ports[0], ports[1])
    }

    /// Starts a front before gateways that never change, runs a test, and stops all.
    ///
    /// - Parameters:
    ///   - document: the front's file; nil for none.
    ///   - count: how many gateways.
    ///   - arguments: more of the front's settings.
    ///   - body: the test.
    /// - Throws: what the start or the test threw.
    static func run(
        _ document: String? = open,
        gateways count: Int = 1,
        _ arguments: [String] = [],
        _ body: (FrontStage) async throws -> Void
    ) async throws {
        var gateways: [EchoGateway] = []
        for _ in 0..<count { gateways.append(try await EchoGateway.start()) }
        let peers = gateways.map { "gateway=127.0.0.1:\($0.port)" }.joined(separator: ",")
        let stage = try await start(document, gateways, ["--clients-peers", peers] + arguments)
        do { try await body(stage) } catch {
            await stage.stop()
            throw error
        }
        await stage.stop()
    }

    /// Starts a front that is told by `arguments` or `environment` where gateways are.
    static func start(
        _ document: String?,
        _ gateways: [EchoGateway] = [],
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        in folder: TemporaryFolder? = nil
    ) async throws -> FrontStage {
        let folder = try folder ?? openFolder()
        let ports = try LoopbackPort.free(2)
        var all = [
            "front", "--front-directory", "\(folder.path)/front", "--front-http-port", "\(ports[0])",
            "--front-https-port", "\(ports[1])", "--server-drain-timeout", "10s",
        ]
        if let document {
            let path = "\(folder.path)/front.json"
            try Data(document.utf8).write(to: URL(filePath: path))
            all += ["--front-file", path]
        }
        let front = try RunningProgram.service("vigie", all + arguments, environment: environment)
        let address = try await front.serving().service
        return FrontStage(folder, front, gateways, ports, address)
    }

    /// A folder that all can enter.
    static func openFolder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        return folder
    }

    /// Stops all.
    func stop() async {
        await front.process.stop()
        for gateway in gateways { await gateway.stop() }
    }

    /// Writes the front's file anew.
    func rewrite(_ document: String) throws {
        try Data(document.utf8).write(to: folder.url.appending(path: "front.json"), options: .atomic)
    }

    /// Asks nginx over TLS by curl(1).
    func ask(_ path: String, _ arguments: [String] = []) async throws -> CurlAnswer {
        try await CurlAnswer.of(
            ["--cacert", authority, "--path-as-is", "https://localhost:\(httpsPort)\(path)"] + arguments
        )
    }

    /// Asks nginx without TLS.
    func askPlain(_ path: String, _ arguments: [String] = []) async throws -> CurlAnswer {
        try await CurlAnswer.of(["--path-as-is", "http://localhost:\(httpPort)\(path)"] + arguments)
    }

    /// Asks the front itself.
    func askFront(_ path: String) async throws -> CurlAnswer {
        try await CurlAnswer.of(["http://\(address)\(path)"])
    }

    /// The sum of a metric's series whose labels hold all of `labels`, as Prometheus would scrape them; 0 without any.
    func metric(_ name: String, _ labels: String...) async throws -> Double {
        let lines = try await askFront("/metrics").text.split(separator: "\n")
        return lines.filter { line in
            let isNamed = line.hasPrefix(name + "{") || line.hasPrefix(name + " ")
            return isNamed && labels.allSatisfy { line.contains($0) }
        }.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }

    /// nginx's master and its workers, as the kernel knows them.
    func nginx() throws -> (master: Int32, workers: [Int32]) {
        let text = try String(contentsOfFile: "\(folder.path)/front/run/nginx.pid", encoding: .utf8)
        guard let master = text.split(separator: "\n").first.flatMap({ Int32($0) }) else {
            throw NeverCame(what: "nginx's number")
        }
        let children = try String(contentsOfFile: "/proc/\(master)/task/\(master)/children", encoding: .utf8)
        return (master, children.split(separator: " ").compactMap { Int32($0) })
    }

    /// The lines of nginx's access log.
    func logLines() throws -> [JSONValue] {
        let text = try String(contentsOfFile: "\(folder.path)/front/logs/access.log", encoding: .utf8)
        return try text.split(separator: "\n").map {
            try JSONText.decode(JSONValue.self, from: Array($0.utf8))
        }
    }
}
