import HTTP
import Telemetry

/// `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07).
///
/// Only an answer below 400 is kept: an error has had no effect, so a repetition may try again.
enum Idempotency {
    /// An answer that is not kept, on its way past the store.
    private struct Unkept: Error { let response: HTTPResponse }

    /// Answers a request with a key.
    ///
    /// - Throws: 400 for a malformed key, 422 for one that was used for another request, 409 while the first one is being
    ///   worked on; what `run` throws.
    static func answer(
        _ request: Request,
        _ header: String,
        _ route: CompiledRoute,
        _ store: any IdempotencyStore,
        _ run: (Request) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let content = try await request.body.collect(upTo: route.bodyLimit)
        var request = request
        request.http.body = HTTPBody(content)
        let whole = request
        let once = IdempotentRequest(
            key: .init(
                text: try key(header),
                subject: request.principal?.subject,
                route: route.name.description
            ),
            fingerprint: fingerprint(of: request.head, content)
        )
        do {
            let outcome = try await store.once(once) {
                let response = try await run(whole)
                guard response.head.status.code < 400 else { throw Unkept(response: response) }
                return try await StoredAnswer(response)
            }
            return try Self.response(for: outcome)
        } catch let unkept as Unkept {
            return unkept.response
        }
    }

    private static func response(for outcome: IdempotencyOutcome) throws(Problem) -> HTTPResponse {
        switch outcome {
        case .first(let answer): return answer.response
        case .replay(let answer):
            var response = answer.response
            response.head.fields.set("idempotency-replayed", "true")
            return response
        case .inFlight:
            throw Problem(
                .conflict,
                detail: "a request with this Idempotency-Key is being worked on",
                reason: "idempotency_in_flight",
                isRetryable: true,
                fields: [.retryAfter: "1"]
            )
        case .otherRequest:
            throw Problem(
                .unprocessableContent,
                detail: "this Idempotency-Key was used for another request",
                reason: "idempotency_key_reused",
                isRetryable: false
            )
        }
    }

    /// A key with or without the quotes that the draft asks for.
    private static func key(_ header: String) throws(Problem) -> String {
        var text = header[...]
        if text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") {
            text = text.dropFirst().dropLast()
        }
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem(
                .badRequest,
                detail: "Idempotency-Key must be 1 to 255 visible ASCII characters",
                reason: "idempotency_key"
            )
        }
        return String(text)
    }

    /// FNV-1a with 128 bits: an accident can't make two requests alike, and only the key's owner could try on purpose.
    private static func fingerprint(of head: HTTPRequestHead, _ content: [UInt8]) -> UInt128 {
        var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
        func add(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013B }
            hash = (hash ^ 0x100) &* 0x0000_0000_0100_0000_0000_0000_0000_013B
        }
        add(head.targetBytes)
        add(head.fields.value(of: .contentType) ?? [])
        add(content)
        return hash
    }
}
