import HTTP
import Reactor

/// Runs HTTP checks (consul-http-api.md §5).
struct HTTPProber: Sendable {
    private static let redirectLimit = 10

    private let client: HTTPClient

    init(on group: EventLoopGroup) {
        var settings = HTTPClientSettings()
        // Each run is a connection of its own: what is tested is whether a client gets in.
        settings.idleTimeout = .milliseconds(1)
        settings.connectionsPerLoop = 64
        client = HTTPClient(on: group, settings: settings)
    }

    /// Sends the request of a plan, and says what the answer means.
    func probe(_ text: String, _ plan: CheckPlan) async -> CheckResult {
        guard let url = ProbeURL(text) else {
            return CheckResult(status: .critical, output: "\(text): not an http URL")
        }
        var timeouts = HTTPTimeouts()
        timeouts.connect = .nanoseconds(plan.effectiveTimeout)
        timeouts.attempt = .nanoseconds(plan.effectiveTimeout)
        timeouts.total = .nanoseconds(plan.effectiveTimeout)
        let method = plan.method.isEmpty ? "GET" : plan.method
        do {
            let (status, body) = try await send(url, method, plan, timeouts)
            let output = "HTTP \(method) \(text): \(status) Output: \(body)"
            return CheckResult(status: Self.meaning(of: status), output: output)
        } catch {
            return CheckResult(status: .critical, output: "HTTP \(method) \(text): \(error)")
        }
    }

    private static func meaning(of status: HTTPStatus) -> CheckStatus {
        switch status.code {
        case 200..<300: .passing
        case 429: .warning
        default: .critical
        }
    }

    private func send(
        _ url: ProbeURL,
        _ method: String,
        _ plan: CheckPlan,
        _ timeouts: HTTPTimeouts
    ) async throws -> (HTTPStatus, String) {
        var url = url
        var name = HTTPMethod(method) ?? .get
        var body = plan.body
        for _ in 0...Self.redirectLimit {
            let request = HTTPRequest(
                name,
                url.target,
                fields: Self.fields(plan, url),
                body: body.isEmpty ? .empty : HTTPBody(body)
            )
            let destination = HTTPDestination(host: url.address.host, port: url.address.port)
            let response = try await client.send(request, to: destination, timeouts: timeouts)
            let isRedirection = [301, 302, 303, 307, 308].contains(response.head.status.code)
            if isRedirection, !plan.disableRedirects, let location = response.head.fields["location"],
                let next = url.following(location)
            {
                _ = try? await Self.tail(of: response.body, limit: 0)
                if response.head.status.code < 307, name != .head {
                    name = .get
                    body = ""
                }
                url = next
                continue
            }
            return (response.head.status, try await Self.tail(of: response.body, limit: plan.outputMaxSize))
        }
        throw Refusal(.failed, "stopped after \(Self.redirectLimit) redirects")
    }

    private static func fields(_ plan: CheckPlan, _ url: ProbeURL) -> HTTPFields {
        var fields: HTTPFields = ["host": url.authority]
        for header in plan.headers {
            guard let name = HTTPFieldName(header.name) else { continue }
            fields.remove(name)
            for value in header.values { fields.append(name, value) }
        }
        if !fields.contains("user-agent") { fields.append("user-agent", "Consul Health Check") }
        if !fields.contains("accept") { fields.append("accept", "text/plain, text/*, */*") }
        return fields
    }

    /// The last bytes of a content.
    private static func tail(of body: HTTPBody, limit: Int) async throws -> String {
        var kept: [UInt8] = []
        for try await piece in body {
            kept.append(contentsOf: piece)
            if kept.count > limit { kept.removeFirst(kept.count - limit) }
        }
        return String(decoding: kept, as: UTF8.self)
    }
}
