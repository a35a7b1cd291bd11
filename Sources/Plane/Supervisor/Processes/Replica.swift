import Reactor
import Supervision

/// One process of a part, as the supervisor keeps it.
struct Replica: Sendable {
    /// Names it: `listing/2`.
    struct ID: Sendable, Hashable, Comparable, CustomStringConvertible {
        let part: String
        let number: Int

        var description: String { "\(part)/\(number)" }
        /// The name of its files.
        var fileName: String { "\(part)-\(number)" }

        init(part: String, number: Int) {
            self.part = part
            self.number = number
        }

        /// Reads `listing/2`.
        init?(_ text: String) {
            let pieces = text.split(separator: "/", omittingEmptySubsequences: false)
            guard pieces.count == 2, let number = Int(pieces[1]), number > 0 else { return nil }
            self.init(part: String(pieces[0]), number: number)
        }

        static func < (left: Self, right: Self) -> Bool {
            (left.part, left.number) < (right.part, right.number)
        }
    }

    let id: ID
    let port: ReservedPort
    var status = ReplicaStatus.waiting(for: [])
    var process: SupervisedProcess?
    /// Whether it is to run.
    var isWanted = true
    /// Whether it is forgotten when it has ended.
    var isLeaving = false
    /// Grows with each wish that it begins anew.
    var turn = 0
    /// How often it was started again after it had ended by itself.
    var restarts = 0
    var startedAt: MonotonicInstant?
    var readyAt: MonotonicInstant?

    var place: PartPlan.Place { PartPlan.Place(number: id.number, port: Int(port.number)) }
    var isReady: Bool { status == .ready }
}
