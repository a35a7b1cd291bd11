import Testing
import Vigie

@testable import Listing

@Suite("stays") struct StayTests {
    private static func stay(_ from: String, _ to: String) throws -> Stay {
        Stay(from: try #require(CalendarDate(from)), to: try #require(CalendarDate(to)))
    }

    @Test("one may begin on the day on which another ends, and shares no day with it")
    func touching() throws {
        let (one, two) = (
            try Self.stay("2027-01-01", "2027-01-03"), try Self.stay("2027-01-03", "2027-01-05")
        )
        #expect(Stay.overlaps([two, one]).isEmpty)
    }

    @Test("those that share a day with one before are found, also within a longer one")
    func overlapping() throws {
        let stays = [
            try Self.stay("2027-03-01", "2027-04-01"), try Self.stay("2027-01-01", "2027-12-31"),
            try Self.stay("2027-02-01", "2027-02-02"), try Self.stay("2028-01-01", "2028-01-02"),
        ]
        #expect(Stay.overlaps(stays) == [0, 2])
        #expect(Stay.overlaps([stays[3], stays[3]]).count == 1)
        #expect(Stay.overlaps([]).isEmpty)
    }
}
