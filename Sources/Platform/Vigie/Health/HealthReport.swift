import HTTP
import JSON
import Reactor

/// What `GET /health` tells (draft-inadarei-api-health-check-06, `application/health+json`).
struct HealthReport {
    let identity: ServiceIdentity
    let board: HealthBoard

    /// 200 when the service should get traffic, 503 when not; an optional dependency that is down is a warning.
    var response: HTTPResponse {
        let isReady = board.isReady
        let checks = board.checks
        let isWhole = checks.allSatisfy(\.state.isUp)
        var writer = JSONWriter()
        writer.value(
            .object([
                "status": .string(isReady ? isWhole ? "pass" : "warn" : "fail"),
                "version": .string(identity.version), "serviceId": .string(identity.instance),
                "description": .string(identity.name.name), "phase": .string(board.phase.rawValue),
                "uptimeSeconds": .number(JSONNumber(Int(board.uptime.components.seconds))),
                "checks": .object(Self.members(checks)),
            ])
        )
        return HTTPResponse(
            isReady ? .ok : .serviceUnavailable,
            fields: [.contentType: "application/health+json", .cacheControl: "no-store"],
            body: HTTPBody(writer.bytes)
        )
    }

    private static func members(_ checks: [HealthBoard.Check]) -> JSONObject {
        var members = JSONObject()
        for check in checks {
            var member: JSONObject = [
                "componentType": .string(check.dependency.kind),
                "status": .string(check.state.isUp ? "pass" : check.dependency.isRequired ? "fail" : "warn"),
            ]
            if let latency = check.state.latency {
                member["observedValue"] = .number(JSONNumber(Int(latency.nanoseconds / 1000)))
                member["observedUnit"] = "us"
            }
            members["\(check.dependency.name):responseTime"] = .array([.object(member)])
        }
        return members
    }
}
