import Foundation
import Testing

@testable import Identity

@Suite("the order of signing keys") struct KeyScheduleTests {
    private let schedule = KeySchedule(time: .days(30), overlap: .days(1))
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func term(_ from: Double, _ until: Double) -> KeySchedule.Term {
        KeySchedule.Term(from: start + from * 86_400, until: start + until * 86_400)
    }

    @Test("the first key signs at once, the next one from where it ends, and is made a day before")
    func following() {
        let first = term(0, 30)
        #expect(schedule.missing(after: [], at: start) == first)
        #expect(schedule.missing(after: [first], at: start + 28.9 * 86_400) == nil)
        #expect(schedule.missing(after: [first], at: start + 29 * 86_400) == term(30, 60))
        #expect(schedule.missing(after: [first, term(30, 60)], at: start + 29.5 * 86_400) == nil)
        #expect(schedule.missing(after: [first, term(30, 60)], at: start + 31 * 86_400) == nil)
    }

    @Test("a service that was away longer than a key begins anew")
    func gap() {
        let late = start + 100 * 86_400
        #expect(schedule.missing(after: [term(0, 30)], at: late) == term(100, 130))
    }

    @Test("a key is shown while its tokens are good")
    func shown() {
        #expect(schedule.isShown(term(0, 30), at: start + 30.99 * 86_400))
        #expect(!schedule.isShown(term(0, 30), at: start + 31 * 86_400))
        #expect(schedule.isShown(term(30, 60), at: start + 29 * 86_400))
    }
}
