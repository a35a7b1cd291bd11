import Glibc
import HTTP
import JSON
import Reactor
import TestSupport

/// Alertmanager with one of our configurations, at a free port.
final class Alertmanager: Sendable {
    private let port: UInt16
    private let http: HTTPClient

    private init(_ port: UInt16) throws {
        self.port = port
        http = HTTPClient(on: try TestLoops.one)
    }

    /// Runs it while `body` does.
    static func run(_ configuration: String, _ body: (Alertmanager) async throws -> Void) async throws {
        let (folder, log) = (try TemporaryFolder(), try ScratchFile())
        let port = try LoopbackPort.free(1)[0]
        let process = try Program.start(
            "prometheus-alertmanager",
            [
                "--config.file=\(configuration)", "--storage.path=\(folder.path)", "--log.level=warn",
                "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=",
            ],
            output: log.number,
            error: log.number
        )
        let alertmanager = try Alertmanager(port)
        let result: Result<Void, any Error>
        do {
            try await LoopbackPort.answers(port)
            result = .success(try await body(alertmanager))
        } catch { result = .failure(error) }
        await alertmanager.http.close()
        process.signal(SIGKILL, toGroup: true)
        _ = try await process.wait()
        try result.get()
    }

    /// Tells it of alerts that ring, as Prometheus does.
    func tell(_ alerts: [[String: String]]) async throws {
        let texts = alerts.map { labels in
            "{\"labels\":{\(labels.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ","))}}"
        }
        var request = HTTPRequest(
            .post,
            "/api/v2/alerts",
            body: HTTPBody("[\(texts.joined(separator: ","))]")
        )
        request.head.fields.append(.contentType, "application/json")
        let answer = try await send(request)
        guard answer.status == 200 else { throw NeverCame(what: "200 for alerts: \(answer.text)") }
    }

    /// The names of the alerts that a receiver is told of, each as often as there are such alerts.
    func active() async throws -> [String] {
        let answer = try await send(
            HTTPRequest(.get, "/api/v2/alerts?active=true&inhibited=false&silenced=false")
        )
        guard answer.status == 200,
            case .array(let alerts) = try JSONText.decode(
                JSONValue.self,
                from: Array(answer.text.utf8)
            )
        else { return [] }
        return alerts.compactMap { $0["labels"]?["alertname"]?.string }.sorted()
    }

    private func send(_ request: HTTPRequest) async throws -> (status: Int, text: String) {
        let response = try await http.send(request, to: HTTPDestination(.loopback(port: port)))
        let bytes = try await response.body.collect(upTo: 4 << 20)
        return (Int(response.head.status.code), String(decoding: bytes, as: UTF8.self))
    }
}
