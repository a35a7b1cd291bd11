import Reactor
import TestSupport
import Testing

@testable import Discovery

@Suite("known instances") struct InstanceBookTests {
    private static func instances(_ ids: String, _ status: CheckStatus = .passing) -> [DiscoveredInstance] {
        ids.map { DiscoveredInstance(id: String($0), host: "10.0.0.1", port: 80, status: status) }
    }
    private static func ids(_ instances: [DiscoveredInstance]) -> String {
        instances.map(\.id).sorted().joined()
    }
    private static func book(_ ids: String) -> InstanceBook {
        var book = InstanceBook()
        _ = book.take(instances(ids), left: [], isReset: false, at: at(.zero))
        return book
    }

    struct Step: Sendable {
        let answer: String
        var left: Set<String> = []
        var isReset = false
        let time: Duration
        let known: String
        var gone = ""
    }

    static let courses: [(String, [Step])] = [
        ("one less is believed", [Step(answer: "ab", time: .seconds(1), known: "ab", gone: "c")]),
        (
            "all gone at once are held 10 s",
            [
                Step(answer: "", time: .seconds(1), known: "abc"),
                Step(answer: "", time: .milliseconds(10_999), known: "abc"),
                Step(answer: "", time: .seconds(11), known: "", gone: "abc"),
            ]
        ),
        (
            "all that said so go at once",
            [Step(answer: "", left: ["a", "b", "c"], time: .zero, known: "", gone: "abc")]
        ),
        (
            "those that said so go, the others are held",
            [
                Step(answer: "", left: ["b"], time: .seconds(1), known: "ac", gone: "b"),
                Step(answer: "", left: ["a", "c"], time: .seconds(2), known: "", gone: "ac"),
            ]
        ),
        (
            "while some are held, those that come back join them",
            [
                Step(answer: "", time: .seconds(1), known: "abc"),
                Step(answer: "a", time: .seconds(2), known: "abc"),
                Step(answer: "ad", time: .seconds(3), known: "abcd"),
                Step(answer: "abcd", time: .seconds(4), known: "abcd"),
                Step(answer: "abc", time: .seconds(5), known: "abc", gone: "d"),
            ]
        ),
        (
            "a registry that lost its state is not believed either when it names a few",
            [
                Step(answer: "a", isReset: true, time: .seconds(1), known: "abc"),
                Step(answer: "a", time: .seconds(11), known: "a", gone: "bc"),
            ]
        ),
    ]

    @Test("answers that drop instances", arguments: courses)
    func dropping(name: String, steps: [Step]) {
        var book = Self.book("abc")
        for step in steps {
            let answer = Self.instances(step.answer)
            let gone = book.take(answer, left: step.left, isReset: step.isReset, at: at(step.time))
            #expect(Self.ids(book.known) == step.known, "\(name), \(step.time)")
            #expect(Self.ids(gone) == step.gone, "\(name), \(step.time)")
        }
    }

    @Test("the next question does not wait beyond the hold")
    func wait() {
        var book = Self.book("a")
        #expect(book.longestWait(at: at(.zero)) == nil)
        _ = book.take([], left: [], isReset: false, at: at(.seconds(1)))
        #expect(book.longestWait(at: at(.seconds(4))) == .seconds(7))
        #expect(book.longestWait(at: at(.seconds(40))) == .zero)
        _ = book.take([], left: [], isReset: false, at: at(.seconds(40)))
        #expect(book.longestWait(at: at(.seconds(40))) == nil)
    }

    @Test("the same id on two nodes is two instances")
    func nodes() {
        var book = InstanceBook()
        let (one, two) = (
            DiscoveredInstance(id: "a", node: "n1", host: "h", port: 1),
            DiscoveredInstance(id: "a", node: "n2", host: "h", port: 1)
        )
        _ = book.take([one, two], left: [], isReset: false, at: at(.zero))
        #expect(book.take([one], left: [], isReset: false, at: at(.zero)) == [two])
    }

    @Test("a set is kept for 24 h from when it was last confirmed, and no longer")
    func age() {
        var book = Self.book("abc")
        #expect(book.age(at: at(.seconds(60))) == .seconds(60))
        #expect(book.expire(at: at(.seconds(86_399))) == false)
        #expect(book.known.count == 3)
        #expect(book.expire(at: at(.seconds(86_400))) == true)
        #expect(book.known.isEmpty)
        #expect(book.expire(at: at(.seconds(86_401))) == false)
    }

    @Test(
        "a snapshot counts from when it was confirmed; one that is too old is not taken, nor one that comes late"
    )
    func snapshot() {
        var book = InstanceBook()
        #expect(book.age(at: at(.zero)) == nil)
        book.restore(Self.instances("ab"), age: .seconds(86_400), at: at(.zero))
        #expect(book.known.isEmpty)
        book.restore(Self.instances("ab"), age: .seconds(3600), at: at(.zero))
        #expect(Self.ids(book.known) == "ab")
        #expect(book.age(at: at(.seconds(5))) == .seconds(3605))
        book.restore(Self.instances("x"), age: .zero, at: at(.zero))
        #expect(Self.ids(book.known) == "ab")
        #expect(book.expire(at: at(.seconds(82_800))) == true)
    }

    @Test("whatever the registry answers, an instance is dropped only by an answer without it")
    func property() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        var book = InstanceBook()
        var second = 0
        for _ in 0..<5000 {
            second += Int.random(in: 0...4, using: &random)
            let answer = Self.instances(
                "abcdef".filter { _ in Bool.random(using: &random) && Bool.random(using: &random) }
            )
            let before = Set(book.known.map(\.key))
            let left = Set(
                "abcdef".filter { _ in Int.random(in: 0..<5, using: &random) == 0 }.map { String($0) }
            )
            let gone = book.take(
                answer,
                left: left,
                isReset: Int.random(in: 0..<9, using: &random) == 0,
                at: at(.seconds(second))
            )
            let known = Set(book.known.map(\.key))
            #expect(known.isSuperset(of: answer.map(\.key)), "seed \(seed)")
            #expect(before.subtracting(known) == Set(gone.map(\.key)), "seed \(seed)")
            #expect(known.count == book.known.count, "seed \(seed)")
            #expect(
                known.subtracting(answer.map(\.key)).isDisjoint(with: left.map { .init(id: $0, node: "") })
            )
        }
    }
}
