import FoundationEssentials
import Vigie

/// A signing key as the database has it.
struct StoredKey: Decodable, Sendable {
    /// Its `kid`.
    let id: String
    /// The private JWK, sealed for the `kid`.
    let sealed: [UInt8]
    /// The public JWK.
    let publicKey: String
    let signsFrom: Date
    let signsUntil: Date

    var term: KeySchedule.Term { KeySchedule.Term(from: signsFrom, until: signsUntil) }

    /// Makes a new one.
    static func generate(for term: KeySchedule.Term, sealedBy seal: SealingKey) throws(KeyError) -> StoredKey
    {
        let pair = try KeyPair.generate(.p256)
        let id = pair.publicKey.thumbprint
        return StoredKey(
            id: id,
            sealed: try seal.seal(try pair.jwk(id: id), for: id),
            publicKey: try pair.publicKey.jwk(id: id),
            signsFrom: term.from,
            signsUntil: term.until
        )
    }
}
