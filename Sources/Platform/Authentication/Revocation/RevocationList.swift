import Synchronization
import Tokens

/// What was revoked, as it is known now. Readers see by a number that costs no lock whether it has changed.
package final class RevocationList: Sendable {
    /// The revocations of one moment.
    struct Snapshot: Sendable {
        /// Of tokens of every issuer.
        var common = RevocationSet()
        /// Of one issuer's tokens each.
        var byIssuer: [String: RevocationSet] = [:]
    }

    private let snapshot = Mutex(Snapshot())
    private let counter = Atomic<UInt64>(0)

    /// Makes an empty list.
    package init() {}

    /// Goes up behind each change.
    var generation: UInt64 { counter.load(ordering: .acquiring) }

    func replace(with new: Snapshot) {
        snapshot.withLock { $0 = new }
        counter.add(1, ordering: .releasing)
    }

    /// Refuses what was revoked.
    ///
    /// - Throws: `TokenError.revoked`.
    func check(_ claims: TokenClaims) throws(TokenError) {
        let snapshot = snapshot.withLock { $0 }
        try snapshot.common.check(claims)
        if let issuer = claims.issuer { try snapshot.byIssuer[issuer]?.check(claims) }
    }
}
