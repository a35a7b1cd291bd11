import Discovery
import HTTP
import Reactor
import Resilience
import WebClient

/// What is spoken with the registry, and how that is closed.
struct RegistryTransport: Sendable {
    let transport: any HTTPTransport
    let close: @Sendable () async -> Void

    /// Plain HTTP by our own client, HTTPS by libcurl.
    ///
    /// - Throws: `WebClientError` for files that can't be used.
    init(_ settings: ConsulSettings, on group: EventLoopGroup) throws(WebClientError) {
        guard settings.endpoint.scheme == .https else {
            let client = HTTPClient(on: group, settings: ConsulClient.httpSettings)
            transport = client
            close = { await client.close() }
            return
        }
        var web = WebClientSettings()
        // The registry is inside: no proxy stands before it.
        web.proxy = .none
        if let file = settings.authorityFile { web.trust = .only(file: file) }
        if let file = settings.clientCertificateFile, let key = settings.clientKeyFile {
            web.certificate = WebClientCertificate(file: file, keyFile: key)
        }
        let client = try WebClient(on: group, settings: web)
        transport = client
        close = { await client.close() }
    }
}
