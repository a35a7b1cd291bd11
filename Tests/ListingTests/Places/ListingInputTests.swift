import Foundation
import PostgresServer
import Testing
import Vigie
import VigieTesting

@testable import Listing

@Suite("what hosts write", .enabled(if: TestServer.isWanted), .timeLimit(.minutes(2)))
struct ListingInputTests {
    static let mistakes: [([String: String?], Set<String>)] = [
        (["title": nil, "city": nil], ["#/title", "#/city"]),
        (["title": #"" ""#], ["#/title"]), (["title": #""A\u0000B""#], ["#/title"]),
        (["title": "\"\(String(repeating: "x", count: 121))\""], ["#/title"]), (["title": "7"], ["#/title"]),
        (["description": "\"\(String(repeating: "x", count: 5_001))\""], ["#/description"]),
        (["description": #""\u001b[2J""#], ["#/description"]),
        (["propertyType": #""castle""#], ["#/propertyType"]), (["country": #""fr""#], ["#/country"]),
        (["country": #""FRA""#], ["#/country"]),
        (["latitude": "90.01", "longitude": "-181"], ["#/latitude", "#/longitude"]),
        (["latitude": "1e400"], ["#/latitude"]), (["latitude": #""NaN""#], ["#/latitude"]),
        (["maxGuests": "0", "bedrooms": "-1", "beds": "0"], ["#/maxGuests", "#/bedrooms", "#/beds"]),
        (["maxGuests": "9223372036854775808"], ["#/maxGuests"]), (["maxGuests": "1.5"], ["#/maxGuests"]),
        (["amenities": #"["wifi","wifi"]"#], ["#/amenities"]),
        (["amenities": #"["helipad"]"#], ["#/amenities/0"]),
        (["pricePerNight": #"{"amount":0,"currency":"EUR"}"#], ["#/pricePerNight/amount"]),
        (["pricePerNight": #"{"amount":89.5,"currency":"EUR"}"#], ["#/pricePerNight/amount"]),
        (
            ["pricePerNight": #"{"amount":100000001,"currency":"eur"}"#],
            ["#/pricePerNight/amount", "#/pricePerNight/currency"]
        ),
        (["pricePerNight": #"{"amount":1,"currency":"XXX"}"#], ["#/pricePerNight/currency"]),
        (["pricePerNight": "8900"], ["#/pricePerNight"]),
        (["cancellationPolicy": #""never""#], ["#/cancellationPolicy"]),
    ]

    @Test("each mistake is named, and nothing is written")
    func validation() async throws {
        try await Stage.run { service, stage in
            for (changes, places) in Self.mistakes {
                let answer = try await service.write(.post, "/listings", draft(changes), as: stage.anna)
                #expect(answer.status == 422 && answer.places == places, "\(changes) \(answer.text)")
            }
            #expect(try await service.get("/listings").decode(ListingPage.self).items.isEmpty)
            let form = HTTPRequest(
                .post,
                "/listings",
                fields: [.contentType: "text/plain"],
                body: HTTPBody("x")
            )
            #expect(try await service.send(form).status == 401)
        }
    }

    @Test(
        "strings that would be SQL are text",
        arguments: ["'; DROP TABLE listing; --", #"\\' OR 1=1"#, "$1", "é\u{1F600}", "%", "a/b?c#d"]
    )
    func injection(text: String) async throws {
        try await Stage.run { service, stage in
            let changes = ["title": "\"\(text)\"", "description": "\"\(text)\"", "city": "\"\(text)\""]
            let listing = try await service.offer(as: stage.anna, changes)
            let read = try await service.get("/listings/\(listing.id)").decode(ListingView.self)
            let plain = text.replacing(#"\\"#, with: #"\"#)
            #expect(read.title == plain && read.description == plain && read.city == plain)
        }
    }

    @Test(
        "an id that is none names nothing",
        arguments: ["7", "..%2f", "%00", "' OR 1=1", "00000000-0000-0000-0000-00000000000", "x.json"]
    )
    func ids(text: String) async throws {
        try await Stage.run { service, _ in
            let path = text.replacing(" ", with: "%20")
            let status = try await service.get("/listings/\(path)").status
            #expect(status == 404 || text == "%00" && status == 400)
        }
    }
}
