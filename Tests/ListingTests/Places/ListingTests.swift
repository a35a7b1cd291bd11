import Foundation
import PostgresServer
import Testing
import Vigie
import VigieTesting

@testable import Listing

@Suite("listings", .enabled(if: TestServer.isWanted), .timeLimit(.minutes(2))) struct ListingTests {
    @Test("a host offers a place, changes it and takes it away; everybody reads it meanwhile")
    func life() async throws {
        try await Stage.run { service, stage in
            let made = try await service.write(.post, "/listings", draft(), as: stage.anna)
            #expect(made.status == 201 && made.fields["etag"] == "\"1\"")
            let listing = try made.decode(ListingView.self)
            #expect(made.fields["location"] == "/listings/\(listing.id.uuidString.lowercased())")
            #expect(listing.hostId.uuidString.lowercased() == stage.anna && listing.version == 1)
            #expect(listing.pricePerNight == Money(amount: 8900, currency: "EUR"))
            #expect(listing.cancellationPolicy == .moderate && listing.photos.isEmpty)
            // RFC 9562 §5.7: version 7.
            #expect(listing.id.uuidString.dropFirst(14).first == "7")
            let path = "/listings/\(listing.id)"
            #expect(try await service.get(path).decode(ListingView.self).title == "Loft")
            let change = draft(["title": #""Big loft""#, "version": "1"])
            let changed = try await service.write(.put, path, change, as: stage.anna)
            #expect(changed.status == 200 && changed.fields["etag"] == "\"2\"")
            let read = try await service.get(path.lowercased()).decode(ListingView.self)
            #expect(read.title == "Big loft" && read.version == 2 && read.updatedAt > read.createdAt)
            #expect(try await service.write(.delete, path, as: stage.anna).status == 204)
            #expect(try await service.get(path).status == 404)
            #expect(try await service.get("\(path)/calendar").status == 404)
            #expect(try await service.write(.delete, path, as: stage.anna).status == 404)
        }
    }

    @Test("who is nobody gets 401, who is no host 403, and so does another host; what is not there is 404")
    func owners() async throws {
        try await Stage.run { service, stage in
            let path = "/listings/\(try await service.offer(as: stage.anna).id)"
            let change = draft(["version": "1"])
            let calendar = #"{"minimumStay":1,"blocked":[],"seasons":[],"version":1}"#
            let writes: [(HTTPMethod, String, String?)] = [
                (.put, path, change), (.delete, path, nil), (.put, "\(path)/calendar", calendar),
                (.put, "\(path)/photos/1", nil), (.delete, "\(path)/photos/1", nil),
            ]
            for (method, target, json) in writes {
                #expect(
                    try await service.send(method, target, json: json).status == 401,
                    "\(method) \(target)"
                )
                let guest = try await service.send(
                    method,
                    target,
                    json: json,
                    as: stage.anna,
                    roles: ["guest"]
                )
                #expect(guest.status == 403 && guest.reason == "role_missing", "\(method) \(target)")
                let other = try await service.write(method, target, json, as: stage.bob)
                #expect(other.status == 403 && other.reason == "forbidden", "\(method) \(target)")
                let nowhere = target.replacing(path, with: "/listings/\(UUID())")
                #expect(try await service.write(method, nowhere, json, as: stage.bob).status == 404)
            }
            #expect(try await service.post("/listings", json: draft()).status == 401)
            let token = try await service.write(.post, "/listings", draft(), as: "service:search")
            #expect(token.status == 403)
            #expect(try await service.get(path).decode(ListingView.self).version == 1)
        }
    }

    @Test("a change is made upon what was read; upon anything else it is 409, upon nothing 428")
    func versions() async throws {
        try await Stage.run { service, stage in
            let path = "/listings/\(try await service.offer(as: stage.anna).id)"
            func put(_ version: String?, _ tag: String? = nil) async throws -> TestService.Answer {
                let fields: HTTPFields = tag.map { ["if-match": $0] } ?? [:]
                return try await service.write(
                    .put,
                    path,
                    draft(["version": version]),
                    as: stage.anna,
                    fields: fields
                )
            }
            #expect(try await put(nil).status == 428)
            #expect(try await put("1").status == 200)
            let stale = try await put("1")
            #expect(
                stale.status == 409 && stale.reason == "version_conflict" && stale.text.contains("version 2")
            )
            #expect(try await put(nil, "\"1\"").status == 409)
            #expect(try await put("1", "\"2\"").status == 409)
            #expect(try await put(nil, "\"2\"").status == 200)
            #expect(try await put("3", "\"3\"").status == 200)
            for bad in ["3", "W/\"4\"", "*", "\"x\"", "\"\""] {
                #expect(try await put(nil, bad).status == 400)
            }
            #expect(try await put("0").status == 422)
        }
    }

    @Test("of changes that come at once upon the same version one is made")
    func race() async throws {
        let stage = try await Stage()
        try await stage.run { one in
            let path = "/listings/\(try await one.offer(as: stage.anna).id)"
            let tokens = try one.token(for: stage.anna, roles: ["host"])
            let statuses = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for number in 0..<8 {
                    let json = draft(["title": "\"No. \(number)\"", "version": "1"])
                    tasks.addTask {
                        let fields: HTTPFields = [.authorization: "Bearer \(tokens)"]
                        return try await one.send(.put, path, json: json, fields: fields).status
                    }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1 && statuses.count { $0 == 409 } == 7)
            #expect(try await one.get(path).decode(ListingView.self).version == 2)
            #expect(try await stage.events().count == 2)
        }
    }

    @Test("each change tells of itself once, in its own transaction, as a CloudEvent")
    func events() async throws {
        try await Stage.run { service, stage in
            let listing = try await service.offer(as: stage.anna)
            let path = "/listings/\(listing.id)"
            // What fails tells of nothing.
            _ = try await service.write(.put, path, draft(["version": "7"]), as: stage.anna)
            _ = try await service.write(.put, path, draft(["version": "1"]), as: stage.bob)
            _ = try await service.write(
                .put,
                path,
                draft(["title": #""Attic""#, "version": "1"]),
                as: stage.anna
            )
            _ = try await service.write(.delete, path, as: stage.anna)
            let events = try await stage.events()
            let types = ["created", "updated", "deleted"].map { "hometrip.listing.\($0)" }
            #expect(events.map(\.type) == types && events.map(\.payload.type) == types)
            #expect(Set(events.map(\.payload.id)).count == 3)
            for event in events {
                let payload = event.payload
                #expect(event.key == listing.id.uuidString.lowercased() && payload.subject == event.key)
                #expect(payload.specversion == "1.0" && payload.source == "/hometrip/listing")
                #expect(payload.datacontenttype == "application/json" && payload.time.hasSuffix("Z"))
                #expect(payload.traceparent?.hasPrefix("00-") == true && event.publishedAt == nil)
                #expect(
                    payload.data.id == listing.id && payload.data.hostId.uuidString.lowercased() == stage.anna
                )
            }
            #expect(events.map(\.payload.data.title) == ["Loft", "Attic", nil])
        }
    }

    @Test("a change whose event can't be written is not made")
    func atomic() async throws {
        try await Stage.run { service, stage in
            let listing = try await service.offer(as: stage.anna)
            let path = "/listings/\(listing.id)"
            try await stage.withPool { pool in
                try await pool.query("ALTER TABLE vigie_outbox ADD CHECK (position < 2)")
            }
            let change = draft(["title": #""Attic""#, "version": "1"])
            #expect(try await service.write(.put, path, change, as: stage.anna).status == 500)
            #expect(try await service.write(.delete, path, as: stage.anna).status == 500)
            #expect(try await service.write(.post, "/listings", draft(), as: stage.anna).status == 500)
            #expect(try await service.get(path).decode(ListingView.self).title == "Loft")
            #expect(try await service.get("/listings").decode(ListingPage.self).items.count == 1)
        }
    }

    @Test("an Idempotency-Key makes one listing and one event, however often the request comes")
    func idempotent() async throws {
        let stage = try await Stage()
        try await stage.run { service in
            let answers = try await withThrowingTaskGroup(of: TestService.Answer.self) { tasks in
                for _ in 0..<2 {
                    tasks.addTask {
                        try await service.write(
                            .post,
                            "/listings",
                            draft(),
                            as: stage.anna,
                            fields: ["idempotency-key": "k"]
                        )
                    }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(try answers.map { try $0.decode(ListingView.self).id }).count == 1)
            let other = draft(["title": #""Other""#])
            let reused = try await service.write(
                .post,
                "/listings",
                other,
                as: stage.anna,
                fields: ["idempotency-key": "k"]
            )
            #expect(reused.status == 422 && reused.reason == "idempotency_key_reused")
            #expect(try await stage.events().count == 1)
        }
    }
}
