import Configuration
import FoundationEssentials
import HTTP
import Reactor
import Telemetry
import Tokens
import WebClient

extension TokenAuthenticator {
    /// Makes what the options ask for; nil when nobody is to be believed.
    ///
    /// - Throws: ``StartError`` for keys that can't be read or a URL that is none.
    static func configured(
        _ options: AuthenticationOptions,
        _ metrics: MetricRegistry,
        on group: EventLoopGroup
    ) throws -> TokenAuthenticator? {
        guard let issuer = options.issuer else { return nil }
        var verifier = TokenVerifier(issuer: issuer, audiences: options.audiences)
        verifier.algorithms = options.secret == nil ? options.algorithms : [.hs256]
        return try TokenAuthenticator(verifier, keys(options, on: group), metrics, on: group)
    }

    private static func keys(_ options: AuthenticationOptions, on group: EventLoopGroup) throws -> Keys {
        if let secret = options.secret {
            return .fixed(KeySet([VerificationKey(try SharedKey(secret))]))
        }
        let place = options.keys ?? ""
        guard place.hasPrefix("https://") || place.hasPrefix("http://") else {
            return .fixed(try KeySet(jwks: read(place)))
        }
        let url = try WebURL(place)
        let client = try WebClient(on: group)
        return .fetched(
            KeySetCache(url: place) { _ in
                try await content(client.send(HTTPRequest(.get, url.target), to: url.destination))
            }
        )
    }

    private static func read(_ path: String) throws(StartError) -> [UInt8] {
        do { return Array(try Data(contentsOf: URL(filePath: path))) } catch {
            throw StartError(
                "auth.keys \(path): can't be read; does the file exist, and may this user read it?"
            )
        }
    }

    private static func content(_ response: HTTPResponse) async throws -> [UInt8] {
        guard response.head.status == .ok else {
            throw StartError("the keys' answer was \(response.head.status)")
        }
        return try await response.body.collect(upTo: KeySet.limits.byteCount)
    }
}
