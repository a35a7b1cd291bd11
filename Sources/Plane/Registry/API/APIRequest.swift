import HTTP

/// A request as endpoints read it.
struct APIRequest: Sendable {
    let head: HTTPRequestHead
    let query: QueryParameters
    /// What follows the endpoint's prefix, percent-decoded once; empty for an endpoint that is one path.
    let rest: [UInt8]
    let body: HTTPBody

    /// ``rest`` as text.
    var name: String { String(decoding: rest, as: UTF8.self) }

    /// The token: of the query, of `X-Consul-Token`, of `Authorization: Bearer`. Never to be logged.
    var token: String? {
        if let token = query["token"] { return token }
        if let token = head.fields["x-consul-token"] { return token }
        guard let value = head.fields["authorization"], value.utf8.count > 7,
            value.prefix(7).lowercased() == "bearer "
        else { return nil }
        return String(value.dropFirst(7))
    }

    /// Reads the whole content.
    ///
    /// - Throws: ``Refusal`` with 413 beyond `limit` bytes, in Consul's words.
    func content(upTo limit: Int = 1 << 20) async throws -> [UInt8] {
        if let length = head.fields["content-length"].flatMap({ Int($0) }), length > limit {
            throw Self.tooLarge(length, limit)
        }
        do {
            return try await body.collect(upTo: limit)
        } catch is HTTPBody.TooLarge {
            throw Self.tooLarge(limit + 1, limit)
        }
    }

    private static func tooLarge(_ count: Int, _ limit: Int) -> Refusal {
        Refusal(
            .tooLarge,
            "Request body(\(count) bytes) too large, max size: \(limit) bytes. "
                + "See https://developer.hashicorp.com/docs/agent/config/config-files#kv_max_value_size."
        )
    }

    /// The name behind the prefix.
    ///
    /// - Throws: 400 with `complaint` when there is none.
    func requiredName(_ complaint: String) throws(Refusal) -> String {
        guard !rest.isEmpty else { throw Refusal(.badRequest, complaint) }
        return name
    }
}
