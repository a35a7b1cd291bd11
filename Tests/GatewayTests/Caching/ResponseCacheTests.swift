import HTTP
import Reactor
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("G22: the response cache") struct ResponseCacheTests {
    private typealias Fixture = CacheFixture
    private let clock = CacheClock()

    private func ask(
        _ cache: ResponseCache,
        _ origin: CacheOrigin,
        _ request: HTTPRequest = Fixture.get(),
        route: String = "r"
    ) async throws -> HTTPResponse {
        try await cache.respond(to: request, route: route) { try await origin.answer($0) }
    }

    @Test(
        "what was said to those who came by http is not for those by https, and both are forgotten together"
    )
    func scheme() async throws {
        let origin = CacheOrigin(CacheFixture.ok())
        let cache = try CacheFixture.cache(CacheClock())
        func ask(_ scheme: String) async throws -> Int {
            let request = CacheFixture.get("/a", ["x-forwarded-proto": scheme])
            _ = try await cache.respond(to: request, route: "r") { try await origin.answer($0) }
            return origin.requests.count
        }
        for (scheme, count) in [("http", 1), ("https", 2), ("http", 2), ("https", 2)] {
            #expect(try await ask(scheme) == count)
        }
        cache.noteUnsafe(CacheFixture.get("/a", method: .post).head, HTTPResponseHead(.ok))
        for (scheme, count) in [("http", 3), ("https", 4)] { #expect(try await ask(scheme) == count) }
    }

    @Test("nor is what was said of one host for another, as a proxy in front names it")
    func forwardedHost() async throws {
        let origin = CacheOrigin(CacheFixture.ok())
        let cache = try CacheFixture.cache(CacheClock())
        for (host, count) in [("a.example", 1), ("b.example", 2), ("a.example", 2), ("Shop.example", 3)] {
            let request = CacheFixture.get("/a", ["x-forwarded-host": host])
            _ = try await cache.respond(to: request, route: "r") { try await origin.answer($0) }
            #expect(origin.requests.count == count)
        }
        var change = CacheFixture.get("/b", ["x-forwarded-host": "a.example"], method: .post)
        cache.noteUnsafe(change.head, HTTPResponseHead(.ok, fields: [.location: "https://a.example/a"]))
        change = CacheFixture.get("/a", ["x-forwarded-host": "a.example"])
        _ = try await cache.respond(to: change, route: "r") { try await origin.answer($0) }
        #expect(origin.requests.count == 4)
    }

    @Test("an answer is kept, given out with its age, and fetched anew when it is stale")
    func hit() async throws {
        let cache = try Fixture.cache(clock)
        let origin = CacheOrigin(Fixture.ok("max-age=60", ["Content-Type": "text/plain"]))
        let miss = try await ask(cache, origin)
        #expect(miss.cacheStatus == "vigie; fwd=uri-miss; stored; ttl=60")
        #expect(miss.ageField == nil)
        clock.advance(59)
        let hit = try await ask(cache, origin)
        #expect(hit.cacheStatus == "vigie; hit; ttl=1")
        #expect(hit.ageField == "59")
        #expect(hit.head.fields[.contentType] == "text/plain")
        #expect(try await hit.text() == "content")
        clock.advance(1)
        #expect(try await ask(cache, origin).cacheStatus == "vigie; fwd=stale")
        #expect(origin.requests.count == 2)
        let figures = cache.figures
        #expect((figures[.hit], figures[.miss], figures[.bypass]) == (1, 2, 0))
    }

    @Test("the age that the answer brought counts, and fields of one exchange are not given out again")
    func age() async throws {
        let cache = try Fixture.cache(clock)
        let fields: HTTPFields = [
            "Age": "20", "X-Trace-Keep": "1", "Connection": "x-hop", "X-Hop": "1", "X-A": "1",
        ]
        let origin = CacheOrigin(Fixture.ok("max-age=60", fields))
        #expect(try await ask(cache, origin).ageField == "20")
        clock.advance(30)
        let hit = try await ask(cache, origin)
        #expect(hit.ageField == "50")
        #expect(hit.head.fields.values(of: .age).count == 1)
        #expect(hit.head.fields["X-A"] == "1")
        for name: HTTPFieldName in ["x-trace-keep", "x-hop", "connection"] {
            #expect(!hit.head.fields.contains(name))
        }
    }

    @Test("keys are apart by target, host and route; the host's case does not count")
    func keys() async throws {
        let cache = try Fixture.cache(clock)
        let origin = CacheOrigin(Fixture.ok())
        _ = try await ask(cache, origin)
        _ = try await ask(cache, origin, Fixture.get("/a?b"))
        _ = try await ask(cache, origin, Fixture.get("/A"))
        _ = try await ask(cache, origin, route: "other")
        _ = try await ask(cache, origin, HTTPRequest(.get, "/a", fields: ["Host": "other.example"]))
        #expect(origin.requests.count == 5)
        let same = try await ask(cache, origin, HTTPRequest(.get, "/a", fields: ["Host": "SHOP.example"]))
        #expect(same.cacheStatus == "vigie; hit; ttl=60")
    }

    @Test("HEAD is answered from what GET fetched, and brings nothing itself")
    func head() async throws {
        let cache = try Fixture.cache(clock)
        let origin = CacheOrigin(Fixture.ok())
        let miss = try await ask(cache, origin, Fixture.get(method: .head))
        #expect(miss.cacheStatus == "vigie; fwd=uri-miss")
        #expect(origin.requests[0].head.method == .head)
        _ = try await ask(cache, origin)
        #expect(try await ask(cache, origin, Fixture.get(method: .head)).cacheStatus == "vigie; hit; ttl=60")
        #expect(origin.requests.count == 2)
    }

    @Test("Vary keeps variants apart")
    func vary() async throws {
        let cache = try Fixture.cache(clock)
        let origin = CacheOrigin(
            .success(Fixture.ok("max-age=60", ["Vary": "Accept-Language"], body: "fr")),
            .success(Fixture.ok("max-age=60", ["Vary": "accept-language"], body: "en")),
            .success(Fixture.ok("max-age=60", ["Vary": "Accept-Language"], body: "none"))
        )
        #expect(try await ask(cache, origin, Fixture.get("/a", ["Accept-Language": "fr"])).text() == "fr")
        let second = try await ask(cache, origin, Fixture.get("/a", ["Accept-Language": "en"]))
        #expect(second.cacheStatus == "vigie; fwd=vary-miss; stored; ttl=60")
        #expect(try await ask(cache, origin).text() == "none")
        for (language, text) in [("fr", "fr"), ("en", "en")] {
            let hit = try await ask(
                cache,
                origin,
                Fixture.get("/a", ["Accept-Language": language, "X": "1"])
            )
            #expect(hit.cacheStatus == "vigie; hit; ttl=60")
            #expect(try await hit.text() == text)
        }
        #expect(origin.requests.count == 3)
    }

    @Test("a stale answer is validated, and refreshed by 304")
    func validates() async throws {
        let cache = try Fixture.cache(clock)
        let tagged = Fixture.ok(
            "max-age=60",
            ["ETag": "\"1\"", "Last-Modified": Fixture.date(-9), "X": "old"]
        )
        let confirms = HTTPResponse(
            304,
            fields: ["ETag": "\"1\"", "Cache-Control": "max-age=30", "X": "new"]
        )
        let origin = CacheOrigin(.success(tagged), .success(confirms))
        _ = try await ask(cache, origin)
        clock.advance(100)
        let request = Fixture.get("/a", ["If-None-Match": "\"other\""])
        let refreshed = try await ask(cache, origin, request)
        #expect(refreshed.head.status == .ok)
        #expect(refreshed.cacheStatus == "vigie; fwd=stale; fwd-status=304; stored; ttl=30")
        #expect(refreshed.head.fields["X"] == "new")
        #expect(try await refreshed.text() == "content")
        let asked = origin.requests[1].head.fields
        #expect(asked.values(of: .ifNoneMatch).map { String(decoding: $0, as: UTF8.self) } == ["\"1\""])
        #expect(asked[.ifModifiedSince] == Fixture.date(-9))
        clock.advance(29)
        let hit = try await ask(cache, origin)
        #expect((hit.cacheStatus, hit.ageField) == ("vigie; hit; ttl=1", "29"))
        #expect(cache.store.count == 1)
    }

    @Test("a 304 that speaks of another answer is not believed")
    func foreignConfirmation() async throws {
        let cache = try Fixture.cache(clock)
        let origin = CacheOrigin(
            .success(Fixture.ok("max-age=60", ["ETag": "\"1\""], body: "old")),
            .success(HTTPResponse(304, fields: ["ETag": "\"2\""])),
            .success(Fixture.ok("max-age=60", ["ETag": "\"2\""], body: "new"))
        )
        _ = try await ask(cache, origin)
        clock.advance(60)
        #expect(try await ask(cache, origin).text() == "new")
        #expect(!origin.requests[2].head.fields.contains(.ifNoneMatch))
        #expect(cache.store.count == 1)
    }

    @Test("a client that has the answer gets 304, also when it was fetched for it")
    func clientConditions() async throws {
        let cache = try Fixture.cache(clock)
        let origin = CacheOrigin(Fixture.ok("max-age=60", ["ETag": "\"1\"", "Content-Type": "text/plain"]))
        let request = Fixture.get("/a", ["If-None-Match": "W/\"1\""])
        for status in ["vigie; fwd=uri-miss; stored; ttl=60", "vigie; hit; ttl=60"] {
            let answer = try await ask(cache, origin, request)
            #expect(answer.head.status == .notModified)
            #expect(answer.cacheStatus == status)
            #expect(answer.head.fields[.eTag] == "\"1\"")
            #expect(!answer.head.fields.contains(.contentType))
            #expect(answer.body.length == 0)
        }
        #expect(!origin.requests[0].head.fields.contains(.ifNoneMatch))
        #expect(origin.requests.count == 1)
    }

    static let bypasses: [HTTPFields] = [
        ["Range": "bytes=0-1"], ["If-Match": "\"1\""], ["If-Unmodified-Since": CacheFixture.date(0)],
        ["If-Range": "\"1\""],
    ]

    @Test("the cache keeps out of what the service alone can answer", arguments: bypasses)
    func bypass(fields: HTTPFields) async throws {
        let cache = try Fixture.cache(clock)
        let origin = CacheOrigin(Fixture.ok())
        _ = try await ask(cache, origin)
        let answer = try await ask(cache, origin, Fixture.get("/a", fields))
        #expect(answer.cacheStatus == "vigie; fwd=bypass")
        #expect(origin.requests.count == 2)
        for field in fields.all {
            #expect(origin.requests[1].head.fields.all.contains { $0.name == field.name })
        }
    }

    @Test("the client's Cache-Control is honoured")
    func requestDirectives() async throws {
        let cache = try Fixture.cache(clock)
        let origin = CacheOrigin(Fixture.ok("max-age=60", ["ETag": "\"1\""]))
        func ask(_ control: String) async throws -> String {
            try await self.ask(cache, origin, Fixture.get("/a", ["Cache-Control": control])).cacheStatus
        }
        #expect(try await ask("no-store") == "vigie; fwd=request")
        #expect(cache.store.count == 0)
        #expect(try await ask("max-age=10") == "vigie; fwd=uri-miss; stored; ttl=60")
        clock.advance(11)
        #expect(try await ask("no-store") == "vigie; hit; ttl=49")
        #expect(try await ask("max-age=10") == "vigie; fwd=stale; stored; ttl=49")
        #expect(origin.requests[2].head.fields[.ifNoneMatch] == "\"1\"")
        #expect(try await ask("no-cache") == "vigie; fwd=request; stored; ttl=49")
        clock.advance(100)
        #expect(try await ask("max-stale") == "vigie; hit; ttl=-51")
        let refused = await #expect(throws: ProblemDetails.self) {
            try await self.ask(
                cache,
                origin,
                Fixture.get("/b", ["Cache-Control": "only-if-cached"])
            )
        }
        #expect(refused?.status == .gatewayTimeout && refused?.reason == "not_cached")
        #expect(origin.requests.count == 4)
    }

    @Test("a change forgets its target on every route, and what Location names on the same host")
    func invalidates() async throws {
        let cache = try Fixture.cache(clock)
        let origin = CacheOrigin(Fixture.ok())
        func fill() async throws {
            for target in ["/a", "/b", "/c", "/d"] { _ = try await ask(cache, origin, Fixture.get(target)) }
            _ = try await ask(cache, origin, route: "other")
        }
        func change(_ status: HTTPStatus, _ method: HTTPMethod = .post) async throws {
            let answer = HTTPResponse(
                status,
                fields: ["Location": "https://shop.EXAMPLE/b#x", "Content-Location": "//elsewhere.example/c"]
            )
            let changed = try await ask(
                cache,
                CacheOrigin(answer),
                Fixture.get("/a", method: method),
                route: "w"
            )
            #expect(changed.cacheStatus == "vigie; fwd=method")
        }
        try await fill()
        #expect(cache.store.count == 5)
        try await change(409)
        try await change(503)
        try await change(.ok, .options)
        #expect(cache.store.count == 5)
        try await change(.created)
        #expect(cache.store.count == 2)
        for target in ["/c", "/d"] {
            #expect(try await ask(cache, origin, Fixture.get(target)).cacheStatus == "vigie; hit; ttl=60")
        }
    }

    @Test("what was fetched before a change is not kept behind it")
    func invalidatedMeanwhile() async throws {
        let cache = try Fixture.cache(clock)
        let origin = CacheOrigin(HTTPResponse(.ok))
        let answer = try await cache.respond(to: Fixture.get(), route: "r") { _ in
            _ = try await self.ask(cache, origin, Fixture.get(method: .put))
            return Fixture.ok()
        }
        #expect(answer.cacheStatus == "vigie; fwd=uri-miss; ttl=60")
        #expect(cache.store.count == 0)
    }

    @Test("a stale answer stands in for an error where the service allows it")
    func staleIfError() async throws {
        let cache = try Fixture.cache(clock)
        let origin = CacheOrigin(
            .success(Fixture.ok("max-age=60, stale-if-error=100")),
            .failure(Fixture.Down()),
            .success(HTTPResponse(503)),
            .failure(Fixture.Down())
        )
        _ = try await ask(cache, origin)
        clock.advance(70)
        for _ in 0..<2 {
            let answer = try await ask(cache, origin)
            #expect(answer.head.status == .ok)
            #expect((answer.cacheStatus, answer.ageField) == ("vigie; hit; ttl=-10", "70"))
        }
        clock.advance(100)
        await #expect(throws: Fixture.Down.self) { _ = try await ask(cache, origin) }
        #expect(cache.figures[.stale] == 2)
    }

    @Test("a large content passes through whole and is not kept, whether its length is known or not")
    func large() async throws {
        let cache = try Fixture.cache(clock) { $0.entryLimit = 1_000 }
        for (size, isKnown, isKept) in [
            (1_000, true, true), (1_001, true, false), (1_000, false, true), (1_001, false, false),
            (5_000, false, false),
        ] {
            let (pieces, feed) = AsyncStream<[UInt8]>.makeStream()
            for start in stride(from: 0, to: size, by: 300) {
                feed.yield((start..<min(size, start + 300)).map { UInt8(truncatingIfNeeded: $0 / 7) })
            }
            feed.finish()
            var response = Fixture.ok()
            response.body = HTTPBody(pieces, length: isKnown ? size : nil)
            let answer = try await ask(cache, CacheOrigin(response), Fixture.get("/\(size)/\(isKnown)"))
            let bytes = try await answer.body.collect(upTo: 10_000)
            #expect(bytes == (0..<size).map { UInt8(truncatingIfNeeded: $0 / 7) })
            #expect(answer.cacheStatus.contains("stored") == isKept, "\(size) \(isKnown)")
        }
        #expect(cache.store.count == 2)
        #expect(cache.filling.count == 0)
    }

    @Test("the beginnings of contents that are too large count until they are taken, or given up")
    func unread() async throws {
        let cache = try Fixture.cache(clock) { settings in
            settings.entryLimit = 1_000
            settings.fillLimit = 5_000
        }
        var answers: [HTTPResponse] = []
        for number in 0..<8 {
            let (pieces, feed) = AsyncStream<[UInt8]>.makeStream()
            for _ in 0..<4 { feed.yield([UInt8](repeating: 1, count: 600)) }
            feed.finish()
            var response = Fixture.ok()
            response.body = HTTPBody(pieces, length: nil)
            answers.append(try await ask(cache, CacheOrigin(response), Fixture.get("/\(number)")))
        }
        // Beyond the limit nothing is read ahead.
        #expect(cache.filling.count == 5_000)
        for answer in answers.prefix(4) {
            #expect(try await answer.body.collect(upTo: 10_000).count == 2_400)
        }
        #expect(cache.filling.count == 1_000)
        answers = []
        #expect(cache.filling.count == 0)
    }

    @Test("contents that are being read have a bound over all")
    func fills() async throws {
        let cache = try Fixture.cache(clock) { $0.fillLimit = 100 }
        var response = Fixture.ok()
        response.body = HTTPBody(AsyncStream { $0.finish() }, length: nil)
        let answer = try await ask(cache, CacheOrigin(response))
        #expect(answer.cacheStatus == "vigie; fwd=uri-miss")
        #expect(cache.store.count == 0)
    }

    @Test(
        "memory stays in its bound under any load, and counts come back to nothing",
        arguments: 1...4 as ClosedRange<UInt64>
    )
    func bounded(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let limit = 200_000
        let cache = try Fixture.cache(clock) {
            $0.byteLimit = limit
            $0.entryLimit = 50_000
            $0.partCount = 2
        }
        for step in 0..<3_000 {
            let target = "/\(random.below(300))"
            switch random.below(20) {
            case 0: cache.store.invalidate(CacheKey(Fixture.get(target).head))
            default:
                let body = String(
                    repeating: "x",
                    count: random.below(10) == 0 ? random.below(60_000) : random.below(900)
                )
                let language = ["Accept-Language": "\(random.below(60))"] as HTTPFields
                let origin = CacheOrigin(
                    Fixture.ok("max-age=\(1 + random.below(100))", ["Vary": "Accept-Language"], body: body)
                )
                _ = try await ask(cache, origin, Fixture.get(target, language))
            }
            if random.below(50) == 0 { clock.advance(1) }
            #expect(cache.store.byteCount <= limit, "seed \(seed), step \(step)")
        }
        #expect(cache.store.evictions > 0 && cache.store.count > 0, "seed \(seed)")
        for target in 0..<300 { cache.store.invalidate(CacheKey(Fixture.get("/\(target)").head)) }
        #expect((cache.store.byteCount, cache.store.count) == (0, 0), "seed \(seed)")
    }

    @Test("who was used last stays longest")
    func leastRecentlyUsed() async throws {
        let cache = try Fixture.cache(clock) { $0.byteLimit = 100_000 }
        let origin = CacheOrigin(Fixture.ok(body: String(repeating: "x", count: 20_000)))
        for target in ["/1", "/2", "/3", "/4", "/1", "/5"] {
            _ = try await ask(cache, origin, Fixture.get(target))
        }
        #expect(cache.store.evictions == 1)
        for (target, isKept) in [("/1", true), ("/3", true), ("/4", true), ("/5", true), ("/2", false)] {
            let answer = try await ask(cache, origin, Fixture.get(target))
            #expect(answer.cacheStatus.contains("hit") == isKept, "\(target)")
        }
    }
}
