import HTTP
import JSON
import Telemetry

/// What operates the process: its health and its metrics.
enum OperationEndpoints {
    static func all(_ metrics: MetricRegistry) -> [Endpoint] {
        [
            Endpoint("/health", (.get, health)),
            Endpoint("/health/live", (.get, { _, _ in .text("alive\n") })),
            Endpoint("/health/ready", (.get, health)),
            Endpoint("/metrics", (.get, scrape(metrics))),
        ]
    }

    private static let health: Endpoint.Handler = { api, request in
        let failure = await api.registry.failure
        var answer = APIAnswer.json(request) { json in
            json.object { json in
                json.member("status", failure == nil ? "pass" : "fail")
                json.member("description", "vigie registry")
                if let failure { json.member("output", failure) }
            }
        }
        answer.contentType = "application/health+json"
        if failure != nil { answer.status = .serviceUnavailable }
        return answer
    }

    private static func scrape(_ metrics: MetricRegistry) -> Endpoint.Handler {
        { api, request in
            let scrape = try await metrics.scrape(
                accept: request.head.fields["accept"],
                acceptEncoding: nil,
                on: api.pool
            )
            return APIAnswer(contentType: scrape.contentType, bytes: scrape.body)
        }
    }
}
