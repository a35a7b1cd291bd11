import Vigie

/// One of the two interfaces that are written through.
struct SeedClient: Sendable {
    let web: WebClient
    let group: EventLoopGroup
    let destination: WebDestination
    /// What stands before each path: `/api` at the front, nothing at a service.
    let base: String

    /// What came back.
    struct Answer: Sendable {
        let status: Int
        let content: [UInt8]

        /// The content as a value.
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try JSONText.decode(type, from: content)
        }
    }

    /// What can't be helped.
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    private static let attempts = 30
    private static let answerLimit = 1 << 22

    /// Sends a request; one that is refused for now is sent again when the answer says so.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - path: without ``base``.
    ///   - json: the content; nil for none.
    ///   - token: who sends it; nil for nobody.
    ///   - key: the `Idempotency-Key`, by which it may be sent again also where no answer came.
    /// - Returns: the first answer that is neither 429 nor 503.
    /// - Throws: ``Failed`` when there was none.
    func send(
        _ method: HTTPMethod,
        _ path: String,
        json: (any Encodable)? = nil,
        token: String? = nil,
        key: String? = nil
    ) async throws -> Answer {
        var request = HTTPRequest(method, base + path)
        if let json {
            request.body = HTTPBody(try JSONText.encode(json))
            request.head.fields.append(.contentType, "application/json")
        }
        if let token { request.head.fields.append(.authorization, "Bearer \(token)") }
        if let key { request.head.fields.append("idempotency-key", key) }
        var last = ""
        for _ in 0..<Self.attempts {
            let pause: Duration
            do {
                let response = try await web.send(request, to: destination)
                let content = try await response.body.collect(upTo: Self.answerLimit)
                let status = Int(response.head.status.code)
                guard status == 429 || status == 503 else { return Answer(status: status, content: content) }
                last = "\(response.head.status)"
                pause = Self.pause(response.head.fields[.retryAfter])
            } catch let error as WebClientError {
                // Only what is safe to repeat is repeated.
                guard method != .post || key != nil else {
                    throw Failed(description: "\(destination): \(error)")
                }
                last = "\(error)"
                pause = .seconds(1)
            }
            try await group.next().sleep(for: pause)
        }
        let place = "\(destination)\(base)\(path)"
        throw Failed(description: "\(method) \(place): \(Self.attempts) attempts, at last \(last)")
    }

    private static func pause(_ retryAfter: String?) -> Duration {
        .seconds(min(max(retryAfter.flatMap { Int($0) } ?? 1, 1), 900))
    }
}
