import Tokens

/// The rules by which a list of revocations follows what the registry says. No socket, no clock.
///
/// A registry that may have lost what it knew takes no revocation back: what was known stays until its own end. One that
/// is deleted while the registry knows what it does is taken back.
struct RevocationBook: Sendable {
    /// What stands under a key.
    struct Pair: Sendable {
        let key: String
        let value: [UInt8]
        let modifyIndex: UInt64
    }

    /// An entry that can't be read.
    struct Mistake: Sendable, Equatable {
        let key: String
        let reason: String
    }

    private struct Record {
        let modifyIndex: UInt64
        /// Nil for one that can't be read.
        let entry: RevocationEntry?
    }

    /// How much longer than it says an entry is kept: verifiers believe a token for their skew beyond its `exp`, and
    /// clocks differ.
    static let grace = Duration.seconds(60)

    private var records: [String: Record] = [:]
    /// Entries that a registry without memory says no more.
    private var carried: [String: RevocationEntry] = [:]
    /// What is in force.
    private(set) var entries: [String: RevocationEntry] = [:]

    /// Takes all that the registry has.
    ///
    /// - Returns: whether what is in force has changed, and what can't be read and is new.
    mutating func take(
        _ pairs: [Pair],
        isReset: Bool,
        at now: UnixTime
    ) -> (isChanged: Bool, mistakes: [Mistake]) {
        var mistakes: [Mistake] = []
        var new: [String: Record] = [:]
        for pair in pairs {
            // An index tells nothing about what another life of the registry had under it.
            if !isReset, let known = records[pair.key], known.modifyIndex == pair.modifyIndex {
                new[pair.key] = known
                continue
            }
            let entry: RevocationEntry?
            do throws(RevocationEntry.Malformed) { entry = try RevocationEntry(parsing: pair.value) } catch {
                entry = nil
                mistakes.append(Mistake(key: pair.key, reason: error.reason))
            }
            new[pair.key] = Record(modifyIndex: pair.modifyIndex, entry: entry)
        }
        if isReset { carried = entries }
        records = new
        var current = carried.merging(new.compactMapValues(\.entry)) { $1 }
        carried = carried.filter { new[$0.key] == nil && Self.isInForce($0.value, at: now) }
        current = current.filter { Self.isInForce($0.value, at: now) }
        defer { entries = current }
        return (current != entries, mistakes)
    }

    private static func isInForce(_ entry: RevocationEntry, at now: UnixTime) -> Bool {
        now < entry.until + grace
    }

    /// The same as sets to look tokens up in.
    ///
    /// - Throws: `RevocationSet.Full` when an issuer has more than a set may hold.
    func snapshot() throws(RevocationSet.Full) -> RevocationList.Snapshot {
        var snapshot = RevocationList.Snapshot()
        for entry in entries.values {
            guard let issuer = entry.issuer else {
                try Self.add(entry, to: &snapshot.common)
                continue
            }
            try Self.add(entry, to: &snapshot.byIssuer[issuer, default: RevocationSet()])
        }
        return snapshot
    }

    private static func add(
        _ entry: RevocationEntry,
        to set: inout RevocationSet
    ) throws(RevocationSet.Full) {
        let end = entry.until + grace
        switch entry.scope {
        case .token(let id): try set.revoke(id: id, until: end)
        case .subject(let subject, let time):
            try set.revoke(subject: subject, issuedUpTo: time, until: end)
        }
    }
}
