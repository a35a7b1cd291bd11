import FoundationEssentials
package import Reactor
import Tokens
package import WebClient

/// The places where an issuer's keys may be.
extension TokenIssuer.Keys {
    /// A JWK set at a URL.
    package static func url(
        _ url: WebURL,
        _ documents: IssuerDocuments,
        clock: @escaping @Sendable () -> MonotonicInstant = { .now }
    ) -> Self {
        .fetched(
            KeySetCache(url: url.description, clock: clock) { _ in
                try await documents.get(url, upTo: KeySet.limits.byteCount)
            }
        )
    }

    /// Where the issuer's own document says (``IssuerDiscovery``).
    ///
    /// - Throws: `WebClientError` or ``IssuerError`` for an issuer that can't be asked: what is wrong with its URL.
    package static func discovered(
        from issuer: String,
        _ documents: IssuerDocuments,
        clock: @escaping @Sendable () -> MonotonicInstant = { .now }
    ) throws -> Self {
        let discovery = try IssuerDiscovery(issuer: issuer, documents)
        return .fetched(KeySetCache(url: issuer, clock: clock) { _ in try await discovery.keys() })
    }

    /// A JWK set in a file, which is read once, here.
    ///
    /// - Throws: ``IssuerError`` for a file that can't be read or holds no key that can be used.
    package static func file(_ path: String) throws(IssuerError) -> Self {
        let text: [UInt8]
        do { text = Array(try Data(contentsOf: URL(filePath: path))) } catch {
            throw IssuerError("can't be read; does the file exist, and may this user read it?")
        }
        let keys: KeySet
        do throws(KeyError) { keys = try KeySet(jwks: text) } catch { throw IssuerError(error.description) }
        guard !keys.keys.isEmpty else {
            throw IssuerError(
                "no key in it can be used: RSA of 2048 to 4096 bits, P-256 or Ed25519, to verify"
            )
        }
        return .fixed(keys)
    }
}
