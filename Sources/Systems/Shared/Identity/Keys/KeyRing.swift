import FoundationEssentials
import Synchronization
import Vigie

/// The keys that tokens are signed with: in the database, for all replicas, sealed; each replica makes the next one when it is
/// due, and one alone does.
final class KeyRing: Sendable {
    private struct Current: Sendable {
        let signer: TokenSigner
        let until: Date
    }

    private struct State {
        var current: Current?
        /// What was shown last, for when the database is away.
        var shown: [UInt8]?
    }

    private let database: PostgresPool
    private let seals: Seals
    private let schedule: KeySchedule
    private let clock: @Sendable () -> Date
    private let state = Mutex(State())

    /// The key that seals, and the one before it.
    struct Seals: Sendable {
        let current: SealingKey
        let previous: SealingKey?
    }

    init(
        _ database: PostgresPool,
        _ seals: Seals,
        _ schedule: KeySchedule,
        clock: @escaping @Sendable () -> Date
    ) {
        (self.database, self.seals, self.schedule, self.clock) = (database, seals, schedule, clock)
    }

    /// What signs now.
    ///
    /// - Throws: `PostgresError` when the key is to be read and the database is away; ``WrongSeal``.
    func signer() async throws -> TokenSigner {
        if let current = state.withLock({ $0.current }), clock() < current.until { return current.signer }
        return try await maintain()
    }

    /// The public keys (RFC 7517 §5): those that sign, that will, and that have while their tokens are good.
    func keySet() async throws -> [UInt8] {
        do throws(PostgresError) {
            let keys = try await database.all(
                StoredKey.self,
                "SELECT * FROM signing_key ORDER BY signs_from DESC, id"
            )
            let now = clock()
            let shown = keys.filter { schedule.isShown($0.term, at: now) }.map(\.publicKey)
            let text = Array("{\"keys\":[\(shown.joined(separator: ","))]}".utf8)
            state.withLock { $0.shown = text }
            return text
        } catch {
            guard let shown = state.withLock({ $0.shown }) else { throw error }
            return shown
        }
    }

    /// Makes the key that is missing, deletes those that are shown no more, and reads what signs now.
    @discardableResult func maintain() async throws -> TokenSigner {
        let now = clock()
        let keys = try await database.transaction { tx in
            // Readers go on; another replica that makes a key waits, and finds this one.
            try await tx.execute("LOCK TABLE signing_key IN SHARE ROW EXCLUSIVE MODE")
            var keys = try await tx.all(StoredKey.self, "SELECT * FROM signing_key")
            for key in keys where !self.schedule.isShown(key.term, at: now) {
                try await tx.execute("DELETE FROM signing_key WHERE id = \(key.id)")
            }
            guard let term = self.schedule.missing(after: keys.map(\.term), at: now) else { return keys }
            let new = try StoredKey.generate(for: term, sealedBy: self.seals.current)
            try await Self.insert(new, in: tx)
            keys.append(new)
            return keys
        }
        let usable = keys.filter { now < $0.signsUntil }
        // The first key may be of a replica whose clock is ahead of this one's.
        let first = usable.min { $0.signsFrom < $1.signsFrom }
        let early = first.flatMap { $0.signsFrom <= now.addingTimeInterval(Self.clockDifference) ? $0 : nil }
        guard
            let key = usable.filter({ $0.signsFrom <= now }).max(by: { $0.signsFrom < $1.signsFrom }) ?? early
        else { throw NoKey() }
        let signer = TokenSigner(try SigningKey(await open(key), id: key.id), type: "at+jwt")
        state.withLock { $0.current = Current(signer: signer, until: key.signsUntil) }
        return signer
    }

    /// How far the clocks of replicas may be apart, seconds.
    private static let clockDifference = 60.0

    private static func insert(_ key: StoredKey, in tx: PostgresTransaction) async throws(PostgresError) {
        try await tx.execute(
            """
            INSERT INTO signing_key (id, sealed, public_key, signs_from, signs_until)
            VALUES (\(key.id), \(key.sealed), \(key.publicKey), \(key.signsFrom), \(key.signsUntil))
            """
        )
    }

    /// Opens a key; what the previous seal opens is sealed anew.
    private func open(_ key: StoredKey) async throws -> KeyPair {
        if let jwk = try seals.current.open(key.sealed, for: key.id) { return try KeyPair(jwk: jwk) }
        guard let jwk = try seals.previous?.open(key.sealed, for: key.id) else { throw WrongSeal() }
        let sealed = try seals.current.seal(jwk, for: key.id)
        try await database.execute("UPDATE signing_key SET sealed = \(sealed) WHERE id = \(key.id)")
        return try KeyPair(jwk: jwk)
    }

    /// The configured key is not the one that the signing keys were sealed with.
    struct WrongSeal: Error, CustomStringConvertible {
        let description =
            "identity.key does not open the signing keys in the database; set it, or identity.previous-key, to what they were sealed with"
    }

    /// The clock went back behind the first key.
    struct NoKey: Error, CustomStringConvertible {
        let description = "no signing key is in force: is the clock right?"
    }
}
