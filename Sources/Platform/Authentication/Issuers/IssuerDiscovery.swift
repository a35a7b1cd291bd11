import JSON
import Synchronization
import Tokens
import WebClient

/// Finds an issuer's keys by its own document (OpenID Connect Discovery 1.0 §4).
package final class IssuerDiscovery: Sendable {
    /// The most bytes that the document may have.
    package static let byteLimit = 64 * 1024

    private let issuer: String
    private let place: WebURL
    private let documents: IssuerDocuments
    /// Where the keys were found last.
    private let found: Mutex<WebURL?> = Mutex(nil)

    /// Asks the issuer itself. Nothing is fetched yet.
    ///
    /// - Throws: `WebClientError` for an issuer that is no `https` or `http` URL; ``IssuerError`` for one with a query.
    package init(issuer: String, _ documents: IssuerDocuments) throws {
        self.issuer = issuer
        self.documents = documents
        guard !issuer.utf8.contains(UInt8(ascii: "?")), !issuer.utf8.contains(UInt8(ascii: "#")) else {
            throw IssuerError("an issuer that is discovered has neither query nor fragment")
        }
        // §4.1: a slash at the end goes first.
        let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        place = try WebURL(base + "/.well-known/openid-configuration")
    }

    /// The issuer's JWK set, from where it was found last; when that fails, the issuer is asked again where it is.
    ///
    /// - Throws: why it can't be had; at most three calls were made.
    package func keys() async throws -> [UInt8] {
        guard let known = found.withLock({ $0 }) else { return try await keys(at: locate()) }
        do {
            return try await keys(at: known)
        } catch {
            let location = try await locate()
            guard location != known else { throw error }
            return try await keys(at: location)
        }
    }

    private func keys(at url: WebURL) async throws -> [UInt8] {
        let keys = try await documents.get(url, upTo: KeySet.limits.byteCount)
        found.withLock { $0 = url }
        return keys
    }

    private func locate() async throws -> WebURL {
        let text = try await documents.get(place, upTo: Self.byteLimit)
        let document: Document
        do throws(JSONError) {
            document = try JSONText.decode(Document.self, from: text)
        } catch {
            throw IssuerError("the issuer's configuration can't be read: \(error)")
        }
        // §4.3: exactly the same, or somebody else speaks for it.
        guard document.issuer.utf8.elementsEqual(issuer.utf8) else {
            throw IssuerError("the configuration is that of another issuer")
        }
        do throws(WebClientError) {
            return try WebURL(document.keys)
        } catch {
            throw IssuerError("the configuration's jwks_uri is no URL to fetch from: \(error)")
        }
    }

    private struct Document: Decodable {
        let issuer: String
        let keys: String

        enum CodingKeys: String, CodingKey {
            case issuer
            case keys = "jwks_uri"
        }
    }
}
