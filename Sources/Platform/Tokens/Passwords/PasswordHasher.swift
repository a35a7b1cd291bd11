public import Reactor
public import Secrets

/// Hashes passwords by Argon2id on a pool of threads, so that no event loop waits for it.
public struct PasswordHasher: Sendable {
    /// What a password turned out to be.
    public enum Verdict: Sendable, Equatable {
        /// It is another one.
        case wrong
        /// It is the one.
        case correct
        /// It is the one, but was hashed at a lower cost than today's: hash it anew and store that.
        case correctAndOutdated
    }

    private let pool: BlockingPool
    private let cost: PasswordCost
    /// The hash of a password that nobody knows, at today's cost.
    private let nobody: String

    /// Hashes on `pool`. Give it one of its own: its threads are how many are hashed at once, with the memory of
    /// `cost` each, and its queue how many may wait before the next is refused.
    ///
    /// - Throws: ``PasswordError`` for a cost that Argon2 does not allow. Takes as long as one hash.
    public init(pool: BlockingPool, cost: PasswordCost = PasswordCost()) throws(PasswordError) {
        self.pool = pool
        self.cost = cost
        nobody = try Self.hash(Self.random(byteCount: 32), cost: cost)
    }

    /// The text to store for a password: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, with a new salt.
    ///
    /// - Throws: ``PasswordError``; ``BlockingPool/Overloaded`` when too many wait already.
    public func hash(_ password: Secret) async throws -> String {
        try await pool.run { [cost] in try Self.hash(password, cost: cost) }
    }

    /// Whether a password is the one whose hash is stored.
    ///
    /// - Parameters:
    ///   - password: what was entered.
    ///   - encoded: what is stored; nil when there is no such account: that is `wrong` too, and takes as long.
    /// - Returns: the verdict; a caller shows the same answer for a wrong one and for no account.
    /// - Throws: ``PasswordError``; ``BlockingPool/Overloaded`` when too many wait already.
    public func verify(_ password: Secret, against encoded: String?) async throws -> Verdict {
        guard let stored = PasswordCost(encoded: encoded ?? nobody) else { throw PasswordError.malformedHash }
        let isCorrect = try await pool.run { [nobody] in
            try Argon2.isPassword(password, of: encoded ?? nobody)
        }
        guard isCorrect, encoded != nil else { return .wrong }
        return isOutdated(stored) ? .correctAndOutdated : .correct
    }

    private func isOutdated(_ stored: PasswordCost) -> Bool {
        stored.memoryKiB < cost.memoryKiB || stored.passes < cost.passes || stored.lanes != cost.lanes
    }

    private static func hash(_ password: Secret, cost: PasswordCost) throws(PasswordError) -> String {
        try Argon2.hash(password, salt: random(byteCount: Argon2.saltByteCount), cost: cost)
    }

    private static func random(byteCount: Int) throws(PasswordError) -> Secret {
        do { return try Secret.random(byteCount: byteCount) } catch { throw .failed(error.detail) }
    }
}
