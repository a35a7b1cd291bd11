import FoundationEssentials
import HTTP
import JSON
import Reactor

/// Asks a registry, as any client of Consul's API would.
struct RegistryClient: Sendable {
    let client: HTTPClient
    let destination: HTTPDestination
    /// What each request carries.
    var fields = HTTPFields()

    init(_ destination: HTTPDestination, on group: EventLoopGroup) {
        var settings = HTTPClientSettings()
        settings.connectionsPerLoop = 4096
        settings.waitingCalls = 4096
        settings.timeouts.total = nil
        settings.timeouts.attempt = .seconds(120)
        settings.timeouts.connect = .seconds(10)
        client = HTTPClient(on: group, settings: settings)
        self.destination = destination
    }

    func send(
        _ method: HTTPMethod,
        _ target: String,
        body: [UInt8] = [],
        _ more: HTTPFields = HTTPFields()
    ) async throws -> Answer {
        var fields = fields
        for field in more.all { fields.append(field) }
        let request = HTTPRequest(method, target, fields: fields, body: HTTPBody(body))
        let response = try await client.send(request, to: destination)
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Answer(status: Int(response.head.status.code), fields: response.head.fields, bytes: bytes)
    }

    func get(_ target: String, _ more: HTTPFields = HTTPFields()) async throws -> Answer {
        try await send(.get, target, more)
    }

    @discardableResult
    func put(_ target: String, _ body: String = "") async throws -> Answer {
        try await send(.put, target, body: Array(body.utf8))
    }

    func delete(_ target: String) async throws -> Answer { try await send(.delete, target) }

    private func send(_ method: HTTPMethod, _ target: String, _ more: HTTPFields) async throws -> Answer {
        try await send(method, target, body: [], more)
    }

    /// Registers an instance of a service; the body is made of JSON members.
    @discardableResult
    func register(_ members: String) async throws -> Answer {
        try await put("/v1/agent/service/register", "{\(members)}")
    }

    /// Asks again and again, from the index of the last answer on, until the answer is as it should be.
    func get(_ target: String, until isRight: (Answer) throws -> Bool) async throws -> Answer {
        let separator = target.contains("?") ? "&" : "?"
        var answer = try await get(target)
        let end = MonotonicInstant.now + .seconds(60)
        while try !isRight(answer), MonotonicInstant.now < end {
            answer = try await get("\(target)\(separator)index=\(answer.index)&wait=10s")
        }
        return answer
    }

    /// Waits until so many blocked queries wait; at once for a registry that doesn't tell.
    func untilWaiting(_ count: Int) async throws {
        guard RegistryFixture.external == nil else { return }
        let end = MonotonicInstant.now + .seconds(30)
        while MonotonicInstant.now < end {
            let text = try await get("/metrics").text
            if text.contains("\nregistry_watchers_waiting \(count)\n") { return }
            await Task.yield()
        }
        throw Answer.Unexpected(text: "there are never \(count) waiting")
    }
}
