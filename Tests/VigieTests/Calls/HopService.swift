import Vigie

/// A service that passes requests on to the next one.
struct Hop: Service {
    static let name: ServiceName = "hop"
    private let next: ServiceClient

    init(_ setup: ServiceSetup) async throws { next = try setup.client("next") }

    var routes: some Routes {
        Get("/hop", auth: .open) { _ in
            let answer = try await next.get("/hop")
            return String(decoding: try await answer.body.collect(upTo: 1 << 20), as: UTF8.self)
        }
    }
}
