import Reactor
import TestSupport
import Testing

@testable import Resilience

@Suite("deadlines") struct DeadlineTests {
    @Test("the earlier of the caller's rest and one's own limit holds")
    func caps() {
        let caller = Deadline(at: at(.seconds(3)))
        #expect(caller.capped(to: .seconds(10), from: at(.zero)) == caller)
        #expect(caller.capped(to: .seconds(1), from: at(.zero)).instant == at(.seconds(1)))
        #expect(Deadline.none.capped(to: Deadline.callDefault, from: at(.zero)).instant == at(.seconds(10)))
    }

    @Test("what is left ends at zero")
    func remains() {
        let deadline = Deadline(after: .seconds(2), from: at(.zero))
        #expect(deadline.remaining(at: at(.milliseconds(500))) == .milliseconds(1_500))
        #expect(!deadline.isOver(at: at(.milliseconds(1_999))))
        #expect(deadline.isOver(at: at(.seconds(2))))
        #expect(deadline.remaining(at: at(.seconds(9))) == .zero)
    }

    static let malformed = [
        "", " ", " 5", "5 ", "+5", "-5", "5.0", "5e3", "0x5", "５", "1,000", "5\n", "12345678901234567890",
    ]

    @Test("a field that is not digits alone is none", arguments: malformed)
    func refuses(text: String) {
        #expect(Deadline(fieldValue: text.utf8.span, limit: .seconds(15), from: at(.zero)) == nil)
    }

    static let accepted: [(String, Duration)] = [
        ("0", .zero), ("1", .milliseconds(1)), ("0250", .milliseconds(250)), ("14999", .milliseconds(14_999)),
        ("15000", .seconds(15)), ("999999999", .seconds(15)), ("9999999999999999999", .seconds(15)),
    ]

    @Test("a field is milliseconds, and never more than the limit", arguments: accepted)
    func reads(text: String, time: Duration) {
        let deadline = Deadline(fieldValue: text.utf8.span, limit: .seconds(15), from: at(.zero))
        #expect(deadline?.instant == at(time))
    }

    @Test("the callee is told the whole milliseconds that are left")
    func writes() {
        let deadline = Deadline(at: at(.seconds(2)))
        #expect(Deadline.fieldName == "X-Request-Deadline-Ms")
        #expect(deadline.fieldValue(at: at(.zero)) == "2000")
        #expect(deadline.fieldValue(at: at(.microseconds(500))) == "1999")
        #expect(deadline.fieldValue(at: at(.seconds(3))) == "0")
        #expect(Deadline.none.fieldValue(at: at(.zero)) == nil)
    }

    @Test("random bytes end nothing, and only digits are read", arguments: 1...4 as ClosedRange<UInt64>)
    func noise(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<5_000 {
            let bytes = (0..<random.below(24)).map { _ in UInt8(truncatingIfNeeded: 0x2D + random.below(14)) }
            let deadline = Deadline(fieldValue: bytes.span, limit: .seconds(15), from: at(.zero))
            let isDigits = (1...19).contains(bytes.count) && bytes.allSatisfy { (48...57).contains($0) }
            #expect((deadline != nil) == isDigits, "seed \(seed): \(bytes)")
            #expect(deadline.map { $0.instant <= at(.seconds(15)) } ?? true, "seed \(seed): \(bytes)")
        }
    }
}
