import HTTP
import VigieTesting

extension TestService {
    /// Asks the admin listener.
    func admin(_ method: HTTPMethod, _ target: String, json: String? = nil) async throws -> Answer {
        var request = HTTPRequest(method, target)
        if let json { request.body = HTTPBody(json) }
        let response = try await client.send(request, to: HTTPDestination(adminAddress))
        return Answer(
            status: Int(response.head.status.code),
            fields: response.head.fields,
            content: try await response.body.collect(upTo: 1 << 26)
        )
    }
}
