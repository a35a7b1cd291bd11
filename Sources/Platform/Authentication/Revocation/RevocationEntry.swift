import JSON
import Tokens

/// One entry of the list of revocations, as the identity service writes it: a JSON object under a key of its own below
/// `vigie/revoked/` (docs/authentication.md).
struct RevocationEntry: Sendable, Hashable {
    /// What is revoked.
    enum Scope: Sendable, Hashable {
        /// The token with this `jti`.
        case token(id: String)
        /// All tokens of this `sub` that were issued up to a second, and those that don't tell when.
        case subject(String, issuedUpTo: UnixTime)
    }

    /// Why an entry can't be used: in constant words.
    struct Malformed: Error, Equatable {
        let reason: String
    }

    /// Whose tokens; nil for those of every issuer.
    let issuer: String?
    let scope: Scope
    /// The last `exp` that such a token may have.
    let until: UnixTime

    /// The most bytes that an entry may have.
    static let byteLimit = 4096

    /// Reads an entry. Members beyond those that are known are passed over.
    init(parsing text: [UInt8]) throws(Malformed) {
        guard text.count <= Self.byteLimit else { throw Malformed(reason: "more than 4096 bytes") }
        let fields: Fields
        do throws(JSONError) {
            fields = try JSONText.decode(Fields.self, from: text)
        } catch {
            throw Malformed(reason: "no JSON object with `until` and with `jti`, or `sub` and `issuedUpTo`")
        }
        issuer = fields.iss
        until = UnixTime(seconds: fields.until)
        switch (fields.jti, fields.sub, fields.issuedUpTo) {
        case (let id?, nil, nil) where !id.isEmpty: scope = .token(id: id)
        case (nil, let subject?, let time?) where !subject.isEmpty:
            scope = .subject(subject, issuedUpTo: UnixTime(seconds: time))
        default: throw Malformed(reason: "neither `jti` alone, nor `sub` with `issuedUpTo`")
        }
    }

    private struct Fields: Decodable {
        let iss: String?
        let jti: String?
        let sub: String?
        let issuedUpTo: Int64?
        let until: Int64
    }
}
