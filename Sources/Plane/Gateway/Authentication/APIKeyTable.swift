import Authentication
import Documents
import Secrets
import Telemetry
import Tokens

/// The API keys that are known, by their digests.
///
/// What the time of a look-up could tell is of a digest that nobody can choose: the key is hashed first, and the whole
/// digest is compared in constant time.
struct APIKeyTable: Sendable {
    /// Why a key is refused.
    enum Refusal: Error, Hashable {
        /// Not of the form, or not among those known.
        case unknown
        /// Its time is over.
        case expired
    }

    private struct Entry: Sendable {
        let digest: [UInt8]
        let expires: UnixTime?
        let identity: EdgeIdentity
    }

    /// By the first eight bytes of the digest.
    private var entries: [UInt64: [Entry]] = [:]

    /// Takes the keys, and notes each mistake in their settings.
    init(_ keys: [APIKeySettings], at place: String, _ mistakes: Mistakes) {
        var ids: Set<String> = []
        for (number, key) in keys.enumerated() {
            let place = "\(place)[\(number)]"
            if key.id.isEmpty || !ids.insert(key.id).inserted {
                mistakes.note(
                    "\(place).id",
                    "must be there, and another than those before: \(key.id.debugDescription)"
                )
            }
            guard let digest = APIKey.digest(parsing: key.sha256) else {
                mistakes.note(
                    "\(place).sha256",
                    "must be the key's SHA-256 in 64 hex digits, never the key itself"
                )
                continue
            }
            guard !entries[Self.slot(digest), default: []].contains(where: { $0.digest == digest }) else {
                mistakes.note("\(place).sha256", "is that of another key before")
                continue
            }
            add(key, digest, at: place, mistakes)
        }
    }

    private mutating func add(
        _ key: APIKeySettings,
        _ digest: [UInt8],
        at place: String,
        _ mistakes: Mistakes
    ) {
        let principal = Principal(
            subject: key.subject,
            roles: key.roles,
            scopes: key.scopes,
            tenant: key.tenant
        )
        do throws(Identity.Mistake) {
            let identity = EdgeIdentity(try Identity(principal, keyID: key.id))
            entries[Self.slot(digest), default: []].append(
                Entry(digest: digest, expires: key.expires, identity: identity)
            )
        } catch {
            mistakes.note(place, error.rawValue)
        }
    }

    /// Whose a key is.
    func identity(of text: ArraySlice<UInt8>, at now: UnixTime) throws(Refusal) -> EdgeIdentity {
        guard let digest = APIKey.digest(of: text), let found = entries[Self.slot(digest)],
            let entry = found.first(where: { ConstantTime.areEqual($0.digest.span, digest.span) })
        else { throw .unknown }
        if let expires = entry.expires, now >= expires { throw .expired }
        return entry.identity
    }

    private static func slot(_ digest: [UInt8]) -> UInt64 {
        digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
