import Authentication
public import Discovery
import JSON
public import Tokens

/// The list of tokens that are not believed any more though they have not ended: kept in the registry, where each gateway
/// follows it and heeds it within two seconds (docs/authentication.md).
public struct RevokedTokens: Sendable {
    let client: ConsulClient

    private struct Entry: Encodable {
        let iss: String
        let jti: String
        let until: Int64
    }

    /// How much longer than its token an entry must stay, for clocks that differ.
    public static let grace = Duration.seconds(60)

    /// Puts a token on the list; once more does no harm.
    ///
    /// - Parameters:
    ///   - id: its `jti`, of characters that a URL's path may have.
    ///   - issuer: its `iss`.
    ///   - end: its `exp`.
    /// - Throws: `ConsulError` while the registry is away: the caller has to try again.
    public func add(_ id: String, of issuer: String, until end: UnixTime) async throws(ConsulError) {
        let entry = Entry(iss: issuer, jti: id, until: end.seconds)
        let text: [UInt8]
        do throws(JSONError) { text = try JSONText.encode(entry) } catch {
            // Two texts and a whole number always have a JSON form.
            preconditionFailure("\(error)")
        }
        _ = try await client.put(RevocationWatch.prefix + id, text)
    }

    /// Takes a token off the list, ``grace`` after its end at the soonest: before that it would be believed again.
    ///
    /// - Throws: `ConsulError` while the registry is away.
    public func remove(_ id: String) async throws(ConsulError) {
        _ = try await client.delete(RevocationWatch.prefix + id)
    }
}
