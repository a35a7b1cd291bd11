import Foundation
import PostgresServer
import Testing
import Vigie
import VigieTesting

@testable import Listing

@Suite("calendars", .enabled(if: TestServer.isWanted), .timeLimit(.minutes(2))) struct CalendarTests {
    @Test("a calendar is replaced as a whole, upon what was read, and the listing's followers are told")
    func life() async throws {
        try await Stage.run { service, stage in
            let path = "/listings/\(try await service.offer(as: stage.anna).id)/calendar"
            let empty = try await service.get(path)
            #expect(empty.text == #"{"minimumStay":1,"blocked":[],"seasons":[],"version":1}"#)
            let json = """
                {"minimumStay":2,"blocked":[{"from":"2027-08-01","to":"2027-08-15"},{"from":"2027-01-01","to":"2027-01-02"}],\
                "seasons":[{"from":"2027-06-01","to":"2027-09-01","pricePerNight":12900}],"version":1}
                """
            let changed = try await service.write(.put, path, json, as: stage.anna)
            #expect(changed.status == 200 && changed.fields["etag"] == "\"2\"")
            let read = try await service.get(path).decode(ListingCalendar.self)
            #expect(read.minimumStay == 2 && read.version == 2)
            #expect(read.blocked.map(\.from.description) == ["2027-01-01", "2027-08-01"])
            #expect(read.seasons.first?.pricePerNight == 12_900)
            #expect(try await service.write(.put, path, json, as: stage.anna).status == 409)
            let events = try await stage.events()
            #expect(events.map(\.type) == ["hometrip.listing.created", "hometrip.listing.updated"])
        }
    }

    private static func body(_ blocked: String, _ seasons: String = "", stay: Int = 1) -> String {
        #"{"minimumStay":\#(stay),"blocked":[\#(blocked)],"seasons":[\#(seasons)],"version":1}"#
    }
    private static let many = (0..<401).map { _ in #"{"from":"2027-01-01","to":"2027-01-02"}"# }
    static let mistakes: [(String, Set<String>)] = [
        (body("", stay: 0), ["#/minimumStay"]), (body("", stay: 366), ["#/minimumStay"]),
        (body(#"{"from":"2027-01-02","to":"2027-01-02"}"#), ["#/blocked/0/to"]),
        (body(#"{"from":"2027-01-02","to":"2027-01-01"}"#), ["#/blocked/0/to"]),
        (body(#"{"from":"2027-02-29","to":"2027-03-01"}"#), ["#/blocked/0/from"]),
        (body(#"{"from":"2027-1-1","to":"tomorrow"}"#), ["#/blocked/0/from", "#/blocked/0/to"]),
        (body(#"{"from":"0000-01-01","to":"9999-12-31"}"#), ["#/blocked/0/from", "#/blocked/0/to"]),
        (
            body(#"{"from":"2027-01-01","to":"2027-01-03"},{"from":"2027-01-02","to":"2027-01-04"}"#),
            ["#/blocked/1"]
        ),
        (
            body(
                "",
                #"{"from":"2027-01-01","to":"2027-01-03","pricePerNight":0},{"from":"2027-01-02","to":"2027-02-01","pricePerNight":5}"#
            ),
            ["#/seasons/0/pricePerNight", "#/seasons/1"]
        ),
        (body("", #"{"from":"2027-01-01","to":"2027-01-03"}"#), ["#/seasons/0/pricePerNight"]),
        (body(many.joined(separator: ",")), ["#/blocked"]),
        (#"{"minimumStay":1}"#, ["#/blocked", "#/seasons"]),
    ]

    @Test("each mistake is named")
    func validation() async throws {
        try await Stage.run { service, stage in
            let path = "/listings/\(try await service.offer(as: stage.anna).id)/calendar"
            for (json, places) in Self.mistakes {
                let answer = try await service.write(.put, path, json, as: stage.anna)
                #expect(answer.status == 422 && answer.places == places, "\(json.prefix(200)) \(answer.text)")
            }
            #expect(try await service.get(path).decode(ListingCalendar.self).version == 1)
        }
    }
}
