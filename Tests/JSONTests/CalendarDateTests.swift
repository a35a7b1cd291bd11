import Foundation
import TestSupport
import Testing

@testable import JSON

@Suite("days") struct CalendarDateTests {
    static let refused = [
        "", "2026", "2026-11", "2026-1-1", "2026-11-31", "2026-02-29", "1900-02-29", "2026-00-01",
        "2026-13-01",
        "2026-01-00", "2026-11-21T", "2026-11-21Z", " 2026-11-21", "2026/11/21", "+026-11-21", "20261121",
        "2026-11-2１", "-001-01-01", "2026-11-21\u{0}",
    ]

    @Test("what is no day of a month is refused", arguments: refused)
    func refuses(text: String) { #expect(CalendarDate(text) == nil) }

    @Test(
        "a day counts from 1970",
        arguments: [
            ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-11-21", 20_778),
            ("0000-01-01", -719_528), ("9999-12-31", 2_932_896),
        ]
    )
    func counts(text: String, number: Int) throws {
        #expect(CalendarDate(text)?.dayNumber == number)
        #expect(CalendarDate(dayNumber: number)?.description == text)
    }

    @Test("each day reads back as itself, and the next one follows it")
    func order() throws {
        var day = try #require(CalendarDate("1999-12-25"))
        for _ in 0..<1_500 {
            let next = try #require(day.adding(days: 1))
            #expect(CalendarDate(day.description) == day && day < next && day.description < next.description)
            day = next
        }
        #expect(CalendarDate("9999-12-31")?.adding(days: 1) == nil)
        #expect(CalendarDate("1970-01-01")?.adding(days: .max) == nil)
    }

    @Test("it is a string in JSON; what is none is named with what would be right")
    func json() throws {
        struct Stay: Codable, Equatable, JSONFieldwise { let from: CalendarDate, to: CalendarDate }
        let text = #"{"from":"2027-01-01","to":"2027-01-03"}"#
        let stay = try JSONText.decode(Stay.self, from: Array(text.utf8))
        #expect(try JSONText.encode(stay) == Array(text.utf8))
        // Foundation's coders read the same, as a column of JSON does.
        #expect(try JSONDecoder().decode(Stay.self, from: Data(text.utf8)) == stay)
        let bad = Array(#"{"from":"2027-02-30","to":7}"#.utf8)
        let error = #expect(throws: JSONError.self) { try JSONText.decodeCollecting(Stay.self, from: bad) }
        #expect(error?.problems.map(\.path.pointer) == ["/from", "/to"])
        #expect(error?.problems.first?.expected == "a date such as 2026-11-21")
    }
}
