import Reactor
import Testing

@testable import Discovery

@Suite("blocking queries") struct BlockingQueryTests {
    /// The least, and the most, that chance may choose.
    struct Constant: RandomNumberGenerator {
        let word: UInt64
        mutating func next() -> UInt64 { word }
    }
    private static let least = Constant(word: 1)
    private static let most = Constant(word: .max)

    /// A query that has seen `index` by a full read at time 0.
    private static func query(_ index: UInt64) -> BlockingQuery {
        var query = BlockingQuery()
        var random = least
        #expect(query.next(at: at(.zero)) == ConsulPoll())
        _ = query.answered(index: index, at: at(.zero), using: &random)
        return query
    }

    static let indexes: [(seen: UInt64, new: UInt64?, next: UInt64, isReset: Bool)] = [
        (7, 8, 8, false), (7, 7, 7, false), (7, 6, 0, true), (7, 1, 0, true), (7, 0, 0, true),
        (7, nil, 0, true),
        (.max, .max, .max, false), (.max, 1, 0, true),
    ]

    @Test("the index is forgotten when it goes back, is 0 or is missing", arguments: indexes)
    func index(seen: UInt64, new: UInt64?, next: UInt64, isReset: Bool) {
        var query = Self.query(seen)
        var random = Self.least
        _ = query.next(at: at(.seconds(1)))
        let news = query.answered(index: new, at: at(.seconds(2)), using: &random)
        #expect(query.next(at: at(.seconds(2))).index == next)
        #expect(news.isReset == isReset)
    }

    @Test("after a smaller index everything is asked for once, and then followed")
    func restart() {
        var query = Self.query(1000)
        var random = Self.least
        _ = query.next(at: at(.seconds(1)))
        #expect(query.answered(index: 5, at: at(.seconds(56)), using: &random).isReset)
        #expect(query.next(at: at(.seconds(56))) == ConsulPoll())
        #expect(!query.answered(index: 5, at: at(.seconds(56)), using: &random).isReset)
        #expect(query.next(at: at(.seconds(56))) == ConsulPoll(index: 5, wait: .seconds(55)))
    }

    @Test("behind a failure everything is asked for at once, and a registry that begins anew is noticed")
    func failure() {
        var query = Self.query(1000)
        var random = Self.least
        _ = query.next(at: at(.seconds(1)))
        _ = query.failed(using: &random)
        #expect(query.next(at: at(.seconds(2))) == ConsulPoll())
        #expect(query.answered(index: 5, at: at(.seconds(2)), using: &random).isReset)
    }

    @Test("Consul may hold a question 55 s; we wait 17/16 of it and 5 s more")
    func times() {
        var query = Self.query(9)
        let poll = query.next(at: at(.zero))
        #expect(poll == ConsulPoll(index: 9, wait: .seconds(55)))
        #expect(poll.timeout == .milliseconds(63_437.5))
        #expect(ConsulPoll().timeout == .seconds(5))
    }

    @Test("once a minute everything is asked for anew")
    func resync() {
        var query = Self.query(9)
        var random = Self.least
        #expect(query.next(at: at(.seconds(30))) == ConsulPoll(index: 9, wait: .seconds(30)))
        _ = query.answered(index: 9, at: at(.seconds(56)), using: &random)
        #expect(query.next(at: at(.seconds(56))) == ConsulPoll())
        _ = query.answered(index: 9, at: at(.seconds(56)), using: &random)
        #expect(query.next(at: at(.seconds(56))) == ConsulPoll(index: 9, wait: .seconds(55)))
    }

    @Test("the caller may want an answer sooner")
    func limit() {
        var query = Self.query(9)
        #expect(query.next(at: at(.zero), waitingAtMost: .seconds(3)).wait == .seconds(3))
        #expect(query.next(at: at(.zero), waitingAtMost: .zero).wait == .milliseconds(10))
    }

    @Test("failures are followed by 250 ms · 2ⁿ, at most 10 s, shortened by half at most")
    func backOff() {
        var (quick, slow) = (Self.query(9), Self.query(9))
        var (least, most) = (Self.least, Self.most)
        for number in 0..<70 {
            let full = min(Duration.seconds(10), .milliseconds(250) * (1 << min(number, 10)))
            let (short, long) = (quick.failed(using: &least), slow.failed(using: &most))
            #expect(short >= full / 2 && short < full / 2 + .milliseconds(1), "\(number): \(short)")
            #expect(long <= full && long > full - .milliseconds(1), "\(number): \(long)")
        }
        _ = quick.answered(index: 10, at: at(.zero), using: &least)
        #expect(quick.failed(using: &least) < .milliseconds(250))
    }

    @Test("answers that come at once without news are no reason to ask faster and faster")
    func idle() {
        var query = Self.query(9)
        var random = Self.most
        var pauses: [Duration] = []
        for _ in 0..<8 {
            _ = query.next(at: at(.seconds(1)))
            pauses.append(query.answered(index: 9, at: at(.seconds(1)), using: &random).pause)
        }
        #expect(pauses == pauses.sorted() && pauses[0] > .milliseconds(200) && pauses[7] > .seconds(9))
        _ = query.next(at: at(.seconds(1)))
        #expect(query.answered(index: 10, at: at(.seconds(1)), using: &random).pause == .zero)
        // After having waited, nothing new is no fault.
        _ = query.next(at: at(.seconds(1)))
        #expect(query.answered(index: 10, at: at(.seconds(50)), using: &random).pause == .zero)
    }

    @Test("answers without index never spin")
    func noIndex() {
        var query = BlockingQuery()
        var random = Self.least
        for _ in 0..<5 {
            #expect(query.next(at: at(.zero)) == ConsulPoll())
            let news = query.answered(index: 0, at: at(.zero), using: &random)
            #expect(news.pause >= .milliseconds(125) && !news.isReset)
        }
    }
}
