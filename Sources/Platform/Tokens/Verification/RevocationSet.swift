/// What one issuer has revoked before its time: single tokens by `jti`, all of a subject's tokens up to a time.
///
/// An entry is needed until the last token that it refuses has expired; ``prune(at:)`` removes it then.
public struct RevocationSet: Sendable {
    /// As many entries as may be are in it; prune it first.
    public struct Full: Error, Sendable, Equatable, CustomStringConvertible {
        /// How many entries it holds.
        public let limit: Int
        /// Says what to do.
        public var description: String {
            "revocations: \(limit) entries are held already; raise the limit, or rotate the issuer's keys to revoke all"
        }
    }

    private struct SubjectEntry: Sendable {
        var issuedUpTo: UnixTime
        var until: UnixTime
    }

    /// The most entries.
    public let limit: Int
    private var ids: [String: UnixTime] = [:]
    private var subjects: [String: SubjectEntry] = [:]

    /// Makes an empty set.
    public init(limit: Int = 100_000) { self.limit = limit }

    /// How many entries there are.
    public var count: Int { ids.count + subjects.count }

    /// Revokes the token with this `jti`.
    ///
    /// - Parameters:
    ///   - id: its `jti`.
    ///   - until: the token's end, its `exp` and the verifiers' skew; the later one counts when it is revoked twice.
    /// - Throws: ``Full``; the token is not revoked then.
    public mutating func revoke(id: String, until: UnixTime) throws(Full) {
        let known = ids[id]
        if known == nil { try checkRoom() }
        ids[id] = max(known ?? until, until)
    }

    /// Revokes all tokens of a subject that were issued up to a second, that one too, and those that don't tell when.
    ///
    /// - Parameters:
    ///   - subject: the `sub`.
    ///   - time: the last `iat` that is refused.
    ///   - until: when the last such token has expired.
    /// - Throws: ``Full``; nothing is revoked then.
    public mutating func revoke(subject: String, issuedUpTo time: UnixTime, until: UnixTime) throws(Full) {
        let known = subjects[subject]
        if known == nil { try checkRoom() }
        subjects[subject] = SubjectEntry(
            issuedUpTo: max(known?.issuedUpTo ?? time, time),
            until: max(known?.until ?? until, until)
        )
    }

    /// Refuses what was revoked.
    ///
    /// - Throws: ``TokenError/revoked``.
    public func check(_ claims: TokenClaims) throws(TokenError) {
        if let id = claims.id, ids[id] != nil { throw .revoked }
        guard let subject = claims.subject, let entry = subjects[subject] else { return }
        guard let issuedAt = claims.issuedAt, entry.issuedUpTo < issuedAt else { throw .revoked }
    }

    /// Removes the entries that no valid token can meet any more. Goes through all of them.
    public mutating func prune(at now: UnixTime) {
        ids = ids.filter { now < $0.value }
        subjects = subjects.filter { now < $0.value.until }
    }

    private func checkRoom() throws(Full) {
        guard count < limit else { throw Full(limit: limit) }
    }
}
