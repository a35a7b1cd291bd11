import FoundationEssentials
import Vigie

/// The host who calls, by the account's id.
struct Host: HandlerInput, Sendable {
    let id: UUID

    static func describe(_ route: inout RouteShape) { Principal.describe(&route) }

    static func read(from call: inout RouteCall) throws -> Host {
        let principal = try Principal.read(from: &call)
        guard let id = UUID(uuidString: principal.subject) else {
            throw Problem.forbidden("a listing belongs to an account, and this token names none")
        }
        return Host(id: id)
    }
}
