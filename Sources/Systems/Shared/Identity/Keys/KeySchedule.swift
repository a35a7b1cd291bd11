import FoundationEssentials

/// When signing keys follow each other. No clock, no database.
struct KeySchedule: Sendable {
    /// The time in which a key signs.
    struct Term: Sendable, Equatable {
        let from: Date
        let until: Date
    }

    /// How long a key signs.
    let time: Duration
    /// How long it is shown before it signs, so that verifiers know it by then, and behind that, while its tokens are good.
    let overlap: Duration

    /// The term of the key that is missing; nil while none is.
    func missing(after terms: [Term], at now: Date) -> Term? {
        guard let last = terms.map(\.until).max(), now < last else { return term(from: now) }
        return now < last.addingTimeInterval(-overlap.seconds) ? nil : term(from: last)
    }

    /// Whether verifiers must know a key.
    func isShown(_ term: Term, at now: Date) -> Bool { now < term.until.addingTimeInterval(overlap.seconds) }

    private func term(from start: Date) -> Term {
        Term(from: start, until: start.addingTimeInterval(time.seconds))
    }
}
