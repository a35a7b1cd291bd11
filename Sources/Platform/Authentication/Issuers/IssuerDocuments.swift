import HTTP
package import Reactor
package import WebClient

/// Fetches the documents of issuers: over https from anywhere, over http from addresses of one's own network alone.
///
/// No redirect is followed, no more is read than is asked for, and a call ends within seconds.
package struct IssuerDocuments: Sendable {
    private let secure: WebClient
    private let inside: WebClient

    /// Makes clients on the loops of `group`.
    ///
    /// - Parameters:
    ///   - group: where the calls run.
    ///   - authorityFile: a PEM file of authorities that are trusted beside the system's.
    ///   - limit: how long a call may take in all.
    /// - Throws: `WebClientError` when this machine's libcurl lacks what is needed.
    package init(
        on group: EventLoopGroup,
        authorityFile: String? = nil,
        within limit: Duration = .seconds(5)
    ) throws(WebClientError) {
        var settings = WebClientSettings()
        (settings.connectionsPerLoop, settings.connectionsPerHost) = (16, 4)
        settings.timeouts.connect = min(.seconds(2), limit)
        settings.timeouts.attempt = min(.seconds(3), limit)
        settings.timeouts.total = limit
        if let authorityFile { settings.trust = .systemAnd(file: authorityFile) }
        secure = try WebClient(on: group, settings: settings)
        settings.addresses = .privateOnly
        settings.proxy = .none
        inside = try WebClient(on: group, settings: settings)
    }

    /// The content of a document of at most `byteCount` bytes.
    ///
    /// - Throws: `WebClientError`, `HTTPBody.TooLarge`, or ``IssuerError`` for another status than 200.
    package func get(_ url: WebURL, upTo byteCount: Int) async throws -> [UInt8] {
        let client = url.destination.scheme == .https ? secure : inside
        let request = HTTPRequest(.get, url.target, fields: ["accept": "application/json"])
        let response = try await client.send(request, to: url.destination)
        guard response.head.status == .ok else {
            throw IssuerError("\(url.destination) answered \(response.head.status)")
        }
        return try await response.body.collect(upTo: byteCount)
    }

    /// Ends all calls and refuses others.
    package func close() async {
        await secure.close()
        await inside.close()
    }
}
