import Foundation
import PostgresServer
import Testing
import Vigie
import VigieTesting

@testable import Listing

@Suite("pages of listings", .enabled(if: TestServer.isWanted), .timeLimit(.minutes(2))) struct PagingTests {
    @Test("pages have each listing once, the newest first, whatever is offered and taken away meanwhile")
    func stable() async throws {
        try await Stage.run { service, stage in
            var made: [UUID] = []
            for number in 0..<25 {
                made.append(try await service.offer(as: stage.anna, ["title": "\"No. \(number)\""]).id)
            }
            var (seen, cursor): ([UUID], String?) = ([], nil)
            repeat {
                let behind = cursor.map { "&cursor=\($0)" } ?? ""
                let page = try await service.get("/listings?limit=10\(behind)").decode(ListingPage.self)
                #expect(page.items.count <= 10)
                seen += page.items.map(\.id)
                cursor = page.nextCursor
                // Another one on top, and the one that the cursor names away.
                _ = try await service.offer(as: stage.bob)
                if seen.count == 10, let last = seen.last {
                    #expect(
                        try await service.write(.delete, "/listings/\(last)", as: stage.anna).status == 204
                    )
                }
            } while cursor != nil
            #expect(seen == made.reversed())
        }
    }

    @Test("a host's own are listed alone; behind the last page there is no cursor")
    func host() async throws {
        try await Stage.run { service, stage in
            let own = try await service.offer(as: stage.anna).id
            _ = try await service.offer(as: stage.bob)
            let answer = try await service.get("/listings?host=\(stage.anna)&limit=1")
            #expect(answer.text.hasSuffix(#""nextCursor":null}"#))
            #expect(try answer.decode(ListingPage.self).items.map(\.id) == [own])
            let all = try await service.get("/listings").decode(ListingPage.self)
            #expect(all.items.count == 2 && all.nextCursor == nil)
            let nobody = try await service.get("/listings?host=\(UUID())").decode(ListingPage.self)
            #expect(nobody.items.isEmpty)
        }
    }

    static let malformed: [(String, Set<String>)] = [
        ("limit=0", ["limit"]), ("limit=101", ["limit"]), ("limit=x&cursor=7", ["limit", "cursor"]),
        ("host=anna", ["host"]), ("hots=1", ["hots"]), ("limit=5&limit=6", ["limit"]),
        ("cursor='%20OR%201=1", ["cursor"]), ("limit=9223372036854775807", ["limit"]),
    ]

    @Test(
        "a query that is none is 422, each parameter named",
        arguments: malformed
    )
    func bad(query: String, names: Set<String>) async throws {
        try await Stage.run { service, _ in
            let answer = try await service.get("/listings?\(query)")
            #expect(answer.status == 422 && answer.places == names, "\(answer.text)")
        }
    }
}
