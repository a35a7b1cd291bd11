import FoundationEssentials
import HTTP
import JSON
import Reactor
import Secrets
import Telemetry

/// Answers requests: finds the endpoint, asks for the token, and gives every answer its form.
struct RegistryService: Sendable {
    private let api: API
    private let token: Secret?
    private let table: EndpointTable
    private let telemetry: HTTPServerTelemetry
    private let metrics: MetricRegistry

    init(
        _ api: API,
        token: Secret?,
        metrics: MetricRegistry,
        logs: LogOutput,
        tracer: Tracer
    ) throws(MetricError) {
        self.api = api
        self.token = token
        self.metrics = metrics
        table = EndpointTable(Self.endpoints(metrics))
        var settings = HTTPServerTelemetry.Settings()
        settings.tracer = tracer
        settings.accessLog = logs
        settings.logger = Logger("registry", to: logs)
        telemetry = try HTTPServerTelemetry(metrics, routes: table.routes, settings: settings)
    }

    private static func endpoints(_ metrics: MetricRegistry) -> [Endpoint] {
        AgentEndpoints.all + AgentCheckEndpoints.all + CatalogEndpoints.all + HealthEndpoints.all
            + KVEndpoints.all
            + SessionEndpoints.all + StatusEndpoints.all + EventEndpoints.all + TransactionEndpoint.all
            + PlatformEndpoints.all + OperationEndpoints.all(metrics)
    }

    /// Blocked queries may take as long as the longest wait.
    var httpSettings: HTTPServerSettings {
        var settings = HTTPServerSettings()
        settings.requestTimeouts = HTTPServerSettings.RequestTimeouts(shortest: settings.requestTimeout) {
            head in
            guard let query = head.query, query.contains("index=") || query.contains("hash=") else {
                return nil
            }
            return .nanoseconds(BlockingQuery.longestWait / 16 * 17) + .seconds(30)
        }
        settings.report = { [telemetry] in telemetry.note($0) }
        return settings
    }

    /// Answers, measured and logged.
    func respond(to request: HTTPRequest) async -> HTTPResponse {
        let match = table.match(request.head.pathBytes)
        let route = match.flatMap { table.routeIndex($0, request.head.method) }
        return await telemetry.respond(to: request, route: route) { await answer(request, match) }
    }

    private func answer(_ request: HTTPRequest, _ match: EndpointTable.Match?) async -> HTTPResponse {
        let head = request.head
        guard let match else { return response(to: head, Self.unknown(head.path)) }
        let endpoint = match.endpoint
        if head.method == .options { return response(to: head, APIAnswer().with("allow", endpoint.allowed)) }
        guard let handler = endpoint.handler(of: head.method) else {
            let text = APIAnswer.text("method \(head.method.name) not allowed", status: .methodNotAllowed)
            return response(to: head, text.with("allow", endpoint.allowed))
        }
        let query = QueryParameters(Substring(head.query ?? ""))
        let apiRequest = APIRequest(head: head, query: query, rest: match.rest, body: request.body)
        do {
            try authorize(apiRequest, endpoint)
            try Self.locate(apiRequest, endpoint)
            return await compressed(try await handler(api, apiRequest), head)
        } catch let refusal as Refusal {
            return response(to: head, .text(refusal.text, status: refusal.status))
        } catch {
            api.registry.logger.error("endpoint failed", ["reason": .string("\(error)")])
            return response(to: head, .text("internal error", status: .internalServerError))
        }
    }

    private static func unknown(_ path: String) -> APIAnswer {
        let isAPI = path.hasPrefix("/v1/")
        let text = isAPI ? "Invalid URL path: not a recognized HTTP API endpoint\n" : "404 page not found\n"
        return .text(text, status: .notFound)
    }

    /// What Consul tells without a token, too.
    private static let openPaths = ["/v1/status/leader", "/v1/status/peers", "/v1/catalog/datacenters"]

    /// Asks for the token where one is set. The page and what operates the process need none.
    private func authorize(_ request: APIRequest, _ endpoint: Endpoint) throws(Refusal) {
        let isAPI = endpoint.prefix.hasPrefix("/v1/") || endpoint.prefix.hasPrefix("/prometheus")
        guard let token, isAPI, !Self.openPaths.contains(endpoint.prefix) else { return }
        guard let given = request.token, !given.isEmpty else {
            throw Refusal(.forbidden, "Permission denied: anonymous token lacks permission")
        }
        guard Secret(given) == token else { throw Refusal(.forbidden, "ACL not found") }
    }

    /// Refuses what is elsewhere: other datacenters, namespaces, partitions.
    private static func locate(_ request: APIRequest, _ endpoint: Endpoint) throws(Refusal) {
        if let name = request.query["dc"] { try CatalogBody.refuse(datacenter: name) }
        for name in ["ns", "partition"] where !(request.query[name] ?? "").isEmpty {
            let feature = name == "ns" ? "Namespaces" : "Partitions"
            throw Refusal(
                .badRequest,
                "Invalid query parameter: \"\(name)\" - \(feature) are a Consul Enterprise feature"
            )
        }
    }

    // MARK: Answers

    private static let compressionThreshold = 1400

    private func compressed(_ answer: APIAnswer, _ head: HTTPRequestHead) async -> HTTPResponse {
        guard answer.bytes.count >= Self.compressionThreshold,
            head.fields.contains("accept-encoding", token: "gzip"),
            let packed = try? await api.pool.run({ try Gzip.compress(answer.bytes) })
        else { return response(to: head, answer) }
        var copy = answer
        copy.bytes = packed
        copy.fields += [("content-encoding", "gzip"), ("vary", "Accept-Encoding")]
        return response(to: head, copy)
    }

    private func response(to head: HTTPRequestHead, _ answer: APIAnswer) -> HTTPResponse {
        var fields: HTTPFields = [.contentType: answer.contentType]
        fields.append("x-consul-default-acl-policy", token == nil ? "allow" : "deny")
        for (name, value) in answer.fields { fields.append(name, value) }
        return HTTPResponse(answer.status, fields: fields, body: HTTPBody(answer.bytes))
    }
}
