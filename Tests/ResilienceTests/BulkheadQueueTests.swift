import Reactor
import TestSupport
import Testing

@testable import Resilience

@Suite("who may run and who waits") struct BulkheadQueueTests {
    private func ticket(_ entry: BulkheadQueue.Entry) throws -> BulkheadQueue.Ticket {
        guard case .waiting(let ticket) = entry else { throw Unexpected(entry: entry) }
        return ticket
    }

    private struct Unexpected: Error { let entry: BulkheadQueue.Entry }

    @Test("so many run, so many wait in the order of their coming, the rest is refused")
    func admits() throws {
        var queue = BulkheadQueue(BulkheadLimits(inFlight: 2, waiting: 2))
        #expect(queue.enter(until: .none, at: at(.zero)) == .admitted)
        #expect(queue.enter(until: .none, at: at(.zero)) == .admitted)
        let first = try ticket(queue.enter(until: .none, at: at(.zero)))
        let second = try ticket(queue.enter(until: .none, at: at(.zero)))
        #expect(queue.enter(until: .none, at: at(.zero)) == .refused(.full))
        #expect(queue.leave() == first)
        #expect(queue.leave() == second)
        #expect(queue.leave() == nil)
        #expect((queue.inFlight, queue.waiting) == (1, 0))
        #expect((queue.counters.admitted, queue.counters.refused) == (4, 1))
    }

    @Test("a wait ends at its deadline; a call that is late already does not begin one")
    func expires() throws {
        var queue = BulkheadQueue(BulkheadLimits(inFlight: 1, waiting: 9))
        _ = queue.enter(until: .none, at: at(.zero))
        let late = try ticket(queue.enter(until: Deadline(at: at(.seconds(3))), at: at(.zero)))
        let early = try ticket(queue.enter(until: Deadline(at: at(.seconds(1))), at: at(.zero)))
        let patient = try ticket(queue.enter(until: .none, at: at(.zero)))
        #expect(queue.nextExpiry.instant == at(.seconds(1)))
        #expect(queue.expire(at: at(.milliseconds(999))) == [])
        #expect(queue.expire(at: at(.seconds(1))) == [early])
        #expect(queue.nextExpiry.instant == at(.seconds(3)))
        #expect(queue.expire(at: at(.seconds(9))) == [late])
        #expect(queue.nextExpiry == .none)
        #expect(
            queue.enter(until: Deadline(at: at(.seconds(9))), at: at(.seconds(9))) == .refused(.waitedTooLong)
        )
        #expect(queue.leave() == patient)
        #expect(queue.counters.expired == 3)
    }

    @Test("who gives up is skipped, and can't give up twice or too late")
    func abandons() throws {
        var queue = BulkheadQueue(BulkheadLimits(inFlight: 1, waiting: 9))
        _ = queue.enter(until: .none, at: at(.zero))
        let first = try ticket(queue.enter(until: .none, at: at(.zero)))
        let second = try ticket(queue.enter(until: .none, at: at(.zero)))
        #expect(queue.abandon(first) == true)
        #expect(queue.abandon(first) == false)
        #expect(queue.leave() == second)
        #expect(queue.abandon(second) == false)
        #expect(queue.counters.cancelled == 1)
    }

    @Test("it agrees with a plain list", arguments: 1...6 as ClosedRange<UInt64>)
    func agreesWithModel(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let limits = BulkheadLimits(inFlight: 1 + random.below(4), waiting: random.below(6))
        var queue = BulkheadQueue(limits)
        var inFlight = 0
        var model: [(ticket: BulkheadQueue.Ticket, deadline: MonotonicInstant)] = []
        var now = at(.zero)
        for step in 0..<10_000 {
            now = now + .milliseconds(random.below(40))
            let note: Comment = "seed \(seed), step \(step)"
            switch random.below(7) {
            case 0...2:
                let deadline = now + .milliseconds(random.below(200))
                switch queue.enter(until: Deadline(at: deadline), at: now) {
                case .admitted:
                    #expect(inFlight < limits.inFlight, note)
                    inFlight += 1
                case .waiting(let ticket):
                    #expect(
                        inFlight == limits.inFlight && model.count < limits.waiting && now < deadline,
                        note
                    )
                    model.append((ticket, deadline))
                case .refused(let error):
                    #expect(inFlight == limits.inFlight, note)
                    #expect(error == (model.count == limits.waiting ? .full : .waitedTooLong), note)
                }
            case 3,
                4 where inFlight > 0:
                guard inFlight > 0 else { break }
                let next = queue.leave()
                #expect(next == model.first?.ticket, note)
                if model.isEmpty { inFlight -= 1 } else { model.removeFirst() }
            case 5 where !model.isEmpty:
                let gone = model.remove(at: random.below(model.count))
                #expect(queue.abandon(gone.ticket) == true, note)
            default:
                #expect(queue.expire(at: now) == model.filter { $0.deadline <= now }.map(\.ticket), note)
                model.removeAll { $0.deadline <= now }
            }
            #expect((queue.inFlight, queue.waiting) == (inFlight, model.count), note)
            #expect(queue.nextExpiry.instant <= model.map(\.deadline).min() ?? .distantFuture, note)
        }
    }
}
