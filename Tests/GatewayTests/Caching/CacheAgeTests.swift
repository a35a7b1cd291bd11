import HTTP
import Reactor
import Testing

@testable import Gateway

@Suite("G22: age and freshness") struct CacheAgeTests {
    /// A moment so many seconds after the beginning, the date being off by some.
    private func at(_ seconds: Int64, dateOff: Int64 = 0) -> CacheInstant {
        CacheInstant(
            monotonic: MonotonicInstant(nanoseconds: (1_000 + seconds) * 1_000_000_000),
            date: CacheClock.date + seconds + dateOff
        )
    }

    struct Row: Sendable {
        var date: Int64? = 0
        var age: String?
        var dateOff: Int64 = 0
        let initial: Int64
    }

    // Asked at 0, answered at 2: a response delay of 2 s.
    static let ages = [
        Row(initial: 2), Row(age: "10", initial: 12), Row(date: -7, initial: 9),
        Row(date: -7, age: "3", initial: 9),
        Row(date: -7, age: "30", initial: 32), Row(date: 100, initial: 2), Row(date: nil, initial: 2),
        Row(age: "x", initial: 2), Row(age: "-5", initial: 2), Row(age: "1.5", initial: 2),
        Row(age: "", initial: 2),
        Row(age: "99999999999999999999", initial: 1 << 31 + 2), Row(dateOff: 50, initial: 52),
        Row(dateOff: -50, initial: 2),
    ]

    @Test("RFC 9111 §4.2.3", arguments: ages)
    func initialAge(row: Row) {
        var fields = HTTPFields()
        if let date = row.date { fields.append(.date, CacheFixture.date(date)) }
        if let age = row.age { fields.append(.age, age) }
        let response = at(2, dateOff: row.dateOff)
        let age = CacheAge(fields, CacheDirectives(), request: at(0), response: response)
        let expected = row.initial == 1 << 31 + 2 ? CacheDirectives.longest + 2 : row.initial
        #expect(age.initial == expected)
        // What is kept grows older by the monotonic clock, whatever becomes of the date.
        #expect(age.current(at: at(32, dateOff: 1_000_000)) == expected + 30)
    }

    @Test(
        "RFC 9111 §4.2.1",
        arguments: [
            ("max-age=60", nil, 60), ("s-maxage=5, max-age=60", nil, 5), ("max-age=60", 10, 60),
            ("public", 10, 10),
            ("public", -10, 0), ("public", nil, nil), ("max-age=x", 10, 0),
        ] as [(String, Int64?, Int64?)]
    )
    func lifetime(control: String, expires: Int64?, seconds: Int64?) {
        var fields: HTTPFields = ["Cache-Control": control, "Date": CacheFixture.date(0)]
        if let expires { fields.append(.expires, CacheFixture.date(expires)) }
        let age = CacheAge(fields, CacheDirectives(fields), request: at(0), response: at(0))
        #expect(age.lifetime == seconds)
    }

    @Test("Expires that is no date is the past", arguments: ["0", "-1", "soon", ""])
    func badExpires(text: String) {
        let fields: HTTPFields = ["Expires": text, "Date": CacheFixture.date(0)]
        #expect(CacheAge(fields, CacheDirectives(fields), request: at(0), response: at(0)).lifetime == 0)
    }
}
