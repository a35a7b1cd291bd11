import HTTP
import Reactor

/// Asks processes whether they can be used.
struct ReadinessProbe: Sendable {
    /// How long an answer may take.
    static let timeout = Duration.seconds(2)

    let http: HTTPClient

    /// Why a process can't be used.
    struct Refusal: Error, CustomStringConvertible { let description: String }

    /// Asks once.
    ///
    /// - Throws: why not.
    func ask(_ probe: PartPlan.Probe, at place: PartPlan.Place) async throws {
        switch probe {
        case .check(let body): try await body(place)
        case .http(let path):
            var timeouts = HTTPTimeouts()
            timeouts.total = Self.timeout
            let destination = HTTPDestination(.loopback(port: UInt16(place.port)))
            let response = try await http.send(HTTPRequest(.get, path), to: destination, timeouts: timeouts)
            let content = try await response.body.collect(upTo: 1 << 20)
            guard response.head.status == .ok else {
                let text = String(decoding: content.prefix(200), as: UTF8.self)
                throw Refusal(description: "\(path) answers \(response.head.status.code): \(text)")
            }
        }
    }
}
