import Foundation
import PostgresServer
import TestSupport
import Testing
import Vigie
import VigieTesting

@testable import Listing

@Suite("photos", .enabled(if: TestServer.isWanted), .timeLimit(.minutes(3))) struct PhotoTests {
    /// A JPEG by its head, and bytes that show a piece in a wrong place.
    private static func image(_ count: Int) -> [UInt8] {
        [0xFF, 0xD8, 0xFF] + (3..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    }

    private static func put(
        _ service: TestService,
        _ path: String,
        _ body: HTTPBody,
        as host: String,
        fields: HTTPFields = [:]
    ) async throws -> TestService.Answer {
        var request = HTTPRequest(.put, path, fields: fields, body: body)
        let token = try service.token(for: host, roles: ["host"])
        request.head.fields.append(.authorization, "Bearer \(token)")
        return try await patient(service, request)
    }

    /// Ten MiB take their time where many tests run at once.
    private static func patient(
        _ service: TestService,
        _ request: HTTPRequest
    ) async throws -> TestService.Answer {
        var timeouts = HTTPTimeouts()
        (timeouts.attempt, timeouts.idle, timeouts.total) = (.seconds(90), .seconds(30), .seconds(120))
        let response = try await service.client.send(
            request,
            to: HTTPDestination(service.address),
            timeouts: timeouts
        )
        return TestService.Answer(
            status: Int(response.head.status.code),
            fields: response.head.fields,
            content: try await response.body.collect(upTo: 1 << 26)
        )
    }

    @Test("what one replica takes, 10 MiB of it, another gives, whole and in part")
    func replicas() async throws {
        let stage = try await Stage()
        let image = Self.image(10 << 20)
        try await stage.run { one in
            let listing = try await one.offer(as: stage.anna)
            let path = "/listings/\(listing.id)/photos/3"
            let made = try await Self.put(one, path, HTTPBody(image), as: stage.anna)
            #expect(made.status == 201 && made.fields["location"] == path.lowercased())
            #expect(try made.decode(Photo.self).byteCount == image.count)
            try await stage.run { other in
                let read = try await Self.patient(other, HTTPRequest(.get, path))
                #expect(read.status == 200 && read.content == image)
                #expect(read.fields["content-type"] == "image/jpeg")
                #expect(read.fields["x-content-type-options"] == "nosniff")
                #expect(read.fields["content-length"] == "\(image.count)")
                let tag = try #require(read.fields["etag"])
                #expect(tag == made.fields["etag"])
                let again = try await other.send(.get, path, fields: ["if-none-match": tag])
                #expect(again.status == 304 && again.content.isEmpty)
                let ranges: [(String, Range<Int>)] = [
                    ("0-0", 0..<1), ("65535-65536", 65_535..<65_537), ("100-200000", 100..<200_001),
                    ("10485759-", 10_485_759..<10_485_760), ("-70000", 10_415_760..<10_485_760),
                ]
                for (range, expected) in ranges {
                    let part = try await other.send(.get, path, fields: ["range": "bytes=\(range)"])
                    #expect(part.status == 206 && part.content == Array(image[expected]), "\(range)")
                }
                let outside = try await other.send(.get, path, fields: ["range": "bytes=10485760-"])
                #expect(outside.status == 416 && outside.fields["content-range"] == "bytes */10485760")
                let head = try await other.send(.head, path)
                #expect(head.status == 200 && head.fields["content-length"] == "\(image.count)")
                #expect(try await other.get("/listings/\(listing.id)").decode(ListingView.self).photos == [3])
            }
            #expect(try await stage.events().last?.payload.data.photos == [3])
        }
    }

    @Test("a byte more is 413, said before it is read or when it comes, and leaves nothing")
    func limit() async throws {
        try await Stage.run { service, stage in
            let path = "/listings/\(try await service.offer(as: stage.anna).id)/photos/1"
            let image = Self.image((10 << 20) + 1)
            #expect(try await Self.put(service, path, HTTPBody(image), as: stage.anna).status == 413)
            let pieces = stride(from: 0, to: image.count, by: 1 << 16).map {
                Array(image[$0..<min($0 + 1 << 16, image.count)])
            }
            let stream = AsyncStream {
                for piece in pieces { $0.yield(piece) }
                $0.finish()
            }
            #expect(try await Self.put(service, path, HTTPBody(stream), as: stage.anna).status == 413)
            #expect(try await service.get(path).status == 404)
            let left = try await stage.withPool { pool in
                try await settles { try await pool.first(Int.self, "SELECT count(*) FROM photo_piece") == 0 }
            }
            #expect(left)
        }
    }

    @Test(
        "what is no image is 415, whatever it is called",
        arguments: ["", "GIF89a", "<svg onload=alert(1)>", "RIFF1234WAVE"]
    )
    func type(text: String) async throws {
        try await Stage.run { service, stage in
            let path = "/listings/\(try await service.offer(as: stage.anna).id)/photos/1"
            let fields: HTTPFields = [.contentType: "image/jpeg"]
            let answer = try await Self.put(service, path, HTTPBody(text), as: stage.anna, fields: fields)
            #expect(answer.status == 415 && answer.reason == "no_image")
            #expect(answer.fields["accept"] == "image/jpeg, image/png, image/webp")
        }
    }

    @Test("a photo is replaced and removed; a reader of the old one reads on")
    func replaced() async throws {
        try await Stage.run { service, stage in
            let listing = try await service.offer(as: stage.anna)
            let path = "/listings/\(listing.id)/photos/1"
            let (old, new) = (Self.image(300_000), Self.image(100))
            #expect(try await Self.put(service, path, HTTPBody(old), as: stage.anna).status == 201)
            let destination = HTTPDestination(service.address)
            let response = try await service.client.send(HTTPRequest(.get, path), to: destination)
            var reader = response.body.makeAsyncIterator()
            var read = try #require(try await reader.next())
            #expect(try await Self.put(service, path, HTTPBody(new), as: stage.anna).status == 200)
            while let piece = try await reader.next() { read += piece }
            #expect(read == old)
            #expect(try await service.get(path).content == new)
            #expect(try await service.write(.delete, path, as: stage.anna).status == 204)
            #expect(try await service.write(.delete, path, as: stage.anna).status == 404)
            #expect(try await service.get(path).status == 404)
        }
    }

    @Test("contents that no photo shows are deleted an hour later, and no others")
    func forgetting() async throws {
        try await Stage.run { service, stage in
            let path = "/listings/\(try await service.offer(as: stage.anna).id)/photos"
            for number in [1, 2, 2] {
                let answer = try await Self.put(
                    service,
                    "\(path)/\(number)",
                    HTTPBody(Self.image(100)),
                    as: stage.anna
                )
                #expect(answer.status < 300)
            }
            try await stage.withPool { pool in
                let store = PhotoStore(ListingStore(database: pool, system: "hometrip"))
                func contents() async throws -> Int? {
                    try await pool.first(Int.self, "SELECT count(*) FROM photo_content")
                }
                try await store.forget()
                #expect(try await contents() == 3)
                try await pool.query(
                    """
                    UPDATE photo_content SET begun_at = begun_at - interval '2 hours',
                        dropped_at = dropped_at - interval '61 minutes'
                    """
                )
                try await store.forget()
                #expect(try await contents() == 2)
                #expect(try await pool.first(Int.self, "SELECT count(*) FROM photo_piece") == 2)
            }
            #expect(try await service.get("\(path)/2").status == 200)
        }
    }

    @Test("there are numbers from 1 to 20", arguments: ["0", "21", "-1", "01", "x", "1.0"])
    func numbers(number: String) async throws {
        try await Stage.run { service, stage in
            let path = "/listings/\(try await service.offer(as: stage.anna).id)/photos/\(number)"
            #expect(try await Self.put(service, path, HTTPBody(Self.image(10)), as: stage.anna).status == 404)
        }
    }
}
