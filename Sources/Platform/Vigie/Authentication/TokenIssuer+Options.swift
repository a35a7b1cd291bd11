import Authentication
import Configuration
import Tokens
import WebClient

extension TokenIssuer {
    /// Whom the options name; nil when nobody is to be believed.
    ///
    /// - Throws: ``StartError`` for keys that can't be read; `WebClientError` for a URL that is none.
    static func configured(in setup: ServiceSetup) throws -> TokenIssuer? {
        let options = setup.configuration[AuthenticationOptions.self]
        guard let issuer = options.issuer else { return nil }
        var verifier = TokenVerifier(issuer: issuer, audiences: options.audiences)
        verifier.algorithms = options.secret == nil ? options.algorithms : [.hs256]
        return TokenIssuer(verifier, try keys(options, setup))
    }

    private static func keys(
        _ options: AuthenticationOptions,
        _ setup: ServiceSetup
    ) throws -> TokenIssuer.Keys {
        if let secret = options.secret {
            return .fixed(KeySet([VerificationKey(try SharedKey(secret))]))
        }
        let place = options.keys ?? ""
        if place.hasPrefix(ServiceSetup.serviceScheme) { return try setup.keys(at: place) }
        guard place.hasPrefix("https://") || place.hasPrefix("http://") else {
            do throws(IssuerError) { return try .file(place) } catch {
                throw StartError("auth.keys \(place): \(error)")
            }
        }
        return .url(try WebURL(place), try IssuerDocuments(on: setup.group))
    }
}
