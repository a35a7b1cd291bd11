import HTTP
import Reactor
import Routing
import Telemetry

/// What every service answers beside its own routes: `/health`, `/health/live`, `/health/ready`, `/metrics`.
struct PlatformRoutes: Sendable {
    let report: HealthReport
    let metrics: MetricRegistry
    let group: EventLoopGroup

    private static let text: HTTPFields = [
        .contentType: "text/plain; charset=utf-8", .cacheControl: "no-store",
    ]

    @RoutesBuilder var routes: RouteList {
        Get("/health", auth: .open, .quiet) { _ in report.response }
        Get("/health/live", auth: .open, .quiet) { _ in live }
        Get("/health/ready", auth: .open, .quiet) { _ in ready }
        Get("/metrics", auth: .open, .quiet) { request in try await scrape(request) }
    }

    /// The process alone: no dependency makes it look dead.
    private var live: HTTPResponse {
        let lag = group.loops.map { $0.statistics.snapshot().currentLag }.max() ?? .zero
        return Self.answer(lag <= HealthBoard.lagLimit, "alive", "an event loop makes no progress")
    }

    private var ready: HTTPResponse {
        let board = report.board
        return Self.answer(
            board.isReady,
            "ready",
            board.phase == .serving ? "a dependency is down" : board.phase.rawValue
        )
    }

    private static func answer(_ isGood: Bool, _ good: String, _ bad: String) -> HTTPResponse {
        isGood
            ? HTTPResponse(.ok, fields: text, body: HTTPBody("\(good)\n"))
            : HTTPResponse(.serviceUnavailable, fields: text, body: HTTPBody("\(bad)\n"))
    }

    private func scrape(_ request: Request) async throws -> HTTPResponse {
        let scrape = try await metrics.scrape(
            accept: request.fields["accept"],
            acceptEncoding: request.fields["accept-encoding"],
            on: group.blocking
        )
        var fields: HTTPFields = [.contentType: scrape.contentType, "vary": "accept, accept-encoding"]
        if let encoding = scrape.contentEncoding { fields.append("content-encoding", encoding) }
        return HTTPResponse(.ok, fields: fields, body: HTTPBody(scrape.body))
    }
}
