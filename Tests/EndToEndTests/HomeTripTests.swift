import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// nginx → gateway → service → PostgreSQL, as a client sees it.
@Suite(
    "HomeTrip through its front",
    .serialized,
    .wholeSystem,
    .enabled(if: Program.isWanted("nginx", "prometheus", "curl")),
    .timeLimit(.minutes(5))
) struct HomeTripTests {
    let system: WholeSystem

    init() throws { system = try #require(WholeSystem.current) }

    /// A listing of somebody new: its path, its owner's token, what was answered.
    private func listing() async throws -> (path: String, token: String, answer: WholeSystem.Answer) {
        let token = try await system.register()
        let answer = try await system.ask("POST", "/api/listings", token: token, WholeSystem.listing)
        #expect(answer.status == 201, "\(answer.text)")
        let id = try #require(answer.json?["id"]?.string)
        return ("/api/listings/\(id)", token, answer)
    }

    private static func isProblem(_ answer: WholeSystem.Answer) -> Bool {
        answer.fields["content-type"]?.hasPrefix("application/problem+json") == true
            && answer.json?["status"]?.number?.int64 == Int64(answer.status)
    }

    @Test("a host registers, offers a place, changes it, shows a photo; all read it; it goes")
    func happyPath() async throws {
        let (path, token, created) = try await listing()
        #expect(created.fields["strict-transport-security"] != nil)
        let read = try await system.ask("GET", path)
        #expect(read.status == 200)
        #expect(read.json?["title"] == "Loft by the river")
        let photo: [UInt8] =
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Array(repeating: 7, count: 300_000)
        let stored = try await system.ask(
            "PUT",
            path + "/photos/1",
            token: token,
            body: photo,
            type: "image/png"
        )
        #expect([200, 201, 204].contains(stored.status), "\(stored.text)")
        // Through both replicas: which one answers is chance.
        for _ in 0..<4 {
            let shown = try await system.ask("GET", path + "/photos/1")
            #expect(shown.status == 200 && shown.content == photo)
        }
        let page = try await system.ask("GET", "/api/listings?limit=5")
        #expect(page.status == 200)
        #expect(page.json?["items"]?[0]?["id"] == created.json?["id"])
        #expect(try await system.ask("DELETE", path, token: token).status == 204)
        #expect(try await system.ask("GET", path).status == 404)
    }

    @Test("401, 403, 404, 409, 413 and 422 are problems that say what is wrong")
    func refusals() async throws {
        let (path, token, _) = try await listing()
        let nobody = try await system.ask("POST", "/api/listings", WholeSystem.listing)
        #expect(nobody.status == 401 && Self.isProblem(nobody))
        #expect(nobody.fields["www-authenticate"]?.hasPrefix("Bearer") == true)
        let guest = try await system.ask(
            "POST",
            "/api/listings",
            token: try await system.register("guest"),
            WholeSystem.listing
        )
        #expect(guest.status == 403 && Self.isProblem(guest))
        let other = try await system.ask("DELETE", path, token: try await system.register())
        #expect(other.status == 403 && Self.isProblem(other))
        let nowhere = try await system.ask("GET", "/api/nowhere")
        #expect(nowhere.status == 404 && Self.isProblem(nowhere))
        let unknown = try await system.ask("GET", "/api/listings/\(UUID().uuidString.lowercased())")
        #expect(unknown.status == 404 && Self.isProblem(unknown))
        let stale = try await system.ask(
            "PUT",
            path,
            token: token,
            fields: ["If-Match": "\"99\""],
            body: try JSONText.encode(WholeSystem.listing)
        )
        #expect([409, 412].contains(stale.status) && Self.isProblem(stale), "\(stale.text)")
        let large = try await system.ask(
            "POST",
            "/api/listings",
            token: token,
            body: Array(repeating: 32, count: (1 << 20) + 1)
        )
        #expect(large.status == 413 && Self.isProblem(large))
        let wrong = try await system.ask("POST", "/api/listings", token: token, ["title": ""])
        #expect(wrong.status == 422 && Self.isProblem(wrong))
    }

    @Test("an address that is taken is 409")
    func conflict() async throws {
        let body: JSONValue = [
            "email": "twice@example.com", "password": "nine winding rivers", "firstName": "A",
            "lastName": "B",
        ]
        #expect(try await system.ask("POST", "/api/auth/register", body).status == 201)
        let again = try await system.ask("POST", "/api/auth/register", body)
        #expect(again.status == 409 && Self.isProblem(again))
    }

    @Test("health, metrics and administration stay inside")
    func inside() async throws {
        for path in ["/metrics", "/admin/routes", "/api/../metrics", "/api/%2e%2e/metrics", "/health/ready"] {
            let answer = try await system.ask("GET", path, fields: ["X-Test": "1"])
            #expect(
                ![200, 502].contains(answer.status) || path.hasPrefix("/health"),
                "\(path): \(answer.text)"
            )
            #expect(!answer.text.contains("http_server_request_duration_seconds"), "\(path)")
        }
    }

    @Test("one trace leads from nginx's log to the statement, and Prometheus saw the request in every layer")
    func observed() async throws {
        let (path, _, _) = try await listing()
        let answer = try await system.ask("GET", path)
        let requestID = try #require(answer.fields["x-request-id"])
        let log = system.folder.path + "/.vigie/hometrip-isolated/front/logs/access.log"
        var trace = ""
        try await eventually("the request in nginx's log") {
            let text = try String(contentsOfFile: log, encoding: .utf8)
            guard let line = text.split(separator: "\n").last(where: { $0.contains(requestID) }),
                let id = try JSONText.decode(JSONValue.self, from: Array(line.utf8))["trace_id"]?.string
            else { return false }
            trace = id
            return true
        }
        try await eventually("the trace with its statement") {
            let text = (try? await system.vigie("traces", trace, "--isolated")) ?? ""
            return text.contains("gateway: GET /api/listings/")
                && text.contains("listing: GET /listings/{id}")
                && text.contains("SELECT ")
        }
        let queries = [
            "sum(front_request_duration_seconds_count)",
            #"sum(http_server_request_duration_seconds_count{job="gateway"})"#,
            #"sum(http_server_request_duration_seconds_count{job="listing",http_route="/listings/{id}"})"#,
            #"sum(db_client_operation_duration_seconds_count{job="listing"})"#, #"sum(pg_up)"#,
        ]
        for query in queries {
            try await eventually("data for \(query)") {
                try await system.prometheus(query).map { $0 > 0 } ?? false
            }
        }
    }

    @Test("a service that is stopped is 503 with Retry-After; one that stands still is 504 or 503; both heal")
    func serviceAway() async throws {
        let (path, _, _) = try await listing()
        try await system.vigie("stop", "listing", "--isolated")
        let away = try await system.ask("GET", path + "?a")
        #expect(away.status == 503 && Self.isProblem(away), "\(away.text)")
        #expect(away.fields["retry-after"] != nil)
        try await system.vigie("start", "listing", "--isolated")
        #expect(try await system.ask("GET", path + "?b").status == 200)
        let ids = [
            try await system.number("pid", of: "listing/1"), try await system.number("pid", of: "listing/2"),
        ]
        for id in ids { kill(id, SIGSTOP) }
        let still = try await system.ask("GET", path + "?c")
        for id in ids { kill(id, SIGCONT) }
        #expect([503, 504].contains(still.status) && Self.isProblem(still), "\(still.text)")
        try await eventually("it answers again") { try await system.ask("GET", path + "?d").status == 200 }
    }

    @Test("gateways that are killed are 502 or 503 by nginx, and come back by themselves")
    func gatewaysKilled() async throws {
        let (path, _, _) = try await listing()
        try await system.vigie("stop", "gateway", "--isolated")
        let away = try await system.ask("GET", path)
        #expect([502, 503].contains(away.status) && Self.isProblem(away), "\(away.text)")
        try await system.vigie("start", "gateway", "--isolated")
        try await eventually("it answers again") { try await system.ask("GET", path).status == 200 }
        for name in ["gateway/1", "gateway/2"] { kill(try await system.number("pid", of: name), SIGKILL) }
        try await eventually("killed ones come back") { try await system.ask("GET", path).status == 200 }
    }

    @Test("a database that is restarted costs at most 503, and nothing that was answered")
    func databaseRestarted() async throws {
        let token = try await system.register()
        var answered: [String] = []
        kill(try await system.number("pid", of: "postgres/1"), SIGKILL)
        for _ in 0..<20 {
            let answer = try await system.ask("POST", "/api/listings", token: token, WholeSystem.listing)
            #expect([201, 503].contains(answer.status), "\(answer.status) \(answer.text)")
            if answer.status == 503 { #expect(answer.fields["retry-after"] != nil) }
            if let id = answer.json?["id"]?.string { answered.append(id) }
        }
        try await eventually("writes go on") {
            let answer = try await system.ask("POST", "/api/listings", token: token, WholeSystem.listing)
            if let id = answer.json?["id"]?.string { answered.append(id) }
            return answer.status == 201
        }
        for id in answered { #expect(try await system.ask("GET", "/api/listings/\(id)").status == 200) }
    }

    @Test("scaling and rollouts keep it going")
    func scale() async throws {
        let (path, _, _) = try await listing()
        try await system.vigie("scale", "listing=4", "--isolated")
        #expect(try await system.state().filter { $0["part"] == "listing" }.count == 4)
        try await system.vigie("rollout", "gateway", "--isolated")
        #expect(try await system.ask("GET", path).status == 200)
        try await system.vigie("scale", "listing=2", "--isolated")
        #expect(try await system.ask("GET", path).status == 200)
    }
}

/// Limits by client address at the front.
@Suite(
    "HomeTrip's rate zones",
    .serialized,
    .wholeSystem(zones: "auth=5/min:5"),
    .enabled(if: Program.isWanted("nginx", "prometheus", "curl")),
    .timeLimit(.minutes(5))
) struct RateZoneTests {
    @Test("more than the zone allows is 429, with the rate and when to come back")
    func limited() async throws {
        let system = try #require(WholeSystem.current)
        var statuses: [Int] = []
        for number in 0..<8 {
            let answer = try await system.ask(
                "POST",
                "/api/auth/login",
                ["email": .string("\(number)@example.com"), "password": "nine winding rivers"]
            )
            statuses.append(answer.status)
            guard answer.status == 429 else { continue }
            #expect(answer.fields["retry-after"] != nil)
            #expect(answer.fields["ratelimit-policy"] != nil)
            #expect(answer.json?["reason"] != nil && answer.json?["retryable"] == true)
        }
        #expect(statuses.last == 429)
        #expect(statuses.first == 401)
    }
}
