import HTTP
import TestSupport
import Testing

@testable import Gateway

@Suite("G22: Cache-Control") struct CacheDirectivesTests {
    private func read(_ values: String...) -> CacheDirectives {
        var fields = HTTPFields()
        for value in values { fields.append(.cacheControl, value) }
        return CacheDirectives(fields)
    }

    @Test(
        "a time is read so that nothing is kept for too long",
        arguments: [
            ("max-age=60", 60), ("MAX-AGE=60", 60), ("max-age=\"60\"", 60), ("max-age=0", 0),
            ("max-age=-1", 0),
            ("max-age=abc", 0), ("max-age", 0), ("max-age=", 0), ("max-age=1.5", 0),
            ("max-age=60, max-age=10", 10),
            ("max-age=60, max-age=x", 0), ("max-age=99999999999999999999", 1 << 31), ("max-age = 60", 0),
            (" , ,max-age=60,", 60), ("x=\"max-age=1, no-store\", max-age=60", 60), ("max-age=60 ;a", 60),
            ("max-age=6\"0", 0),
        ] as [(String, Int64)]
    )
    func times(text: String, seconds: Int64) {
        #expect(read(text).maxAge == seconds)
        #expect(!read(text).noStore)
    }

    @Test("every directive is known by its name alone")
    func names() {
        let all = read(
            "no-store, no-cache=\"a, b\", private=x, public, must-revalidate, proxy-revalidate, only-if-cached",
            "s-maxage=1, max-stale=2, min-fresh=3, stale-if-error=4, stale-while-revalidate=5, immutable, no-transform"
        )
        #expect(
            all.noStore && all.noCache && all.isPrivate && all.isPublic && all.mustRevalidate
                && all.proxyRevalidate
        )
        #expect(all.onlyIfCached && all.maxAge == nil && all.sharedMaxAge == 1 && all.maxStale == 2)
        #expect(all.minFresh == 3 && all.staleIfError == 4 && all.staleWhileRevalidate == 5)
        #expect(read("max-stale").maxStale == .max)
        #expect(read("nostore, no-storex, xno-store, no store, privat, max-ages=1") == CacheDirectives())
    }

    @Test("Pragma counts without Cache-Control alone")
    func pragma() {
        #expect(CacheDirectives(["Pragma": "no-cache"]).noCache)
        #expect(!CacheDirectives(["Pragma": "no-cache", "Cache-Control": "max-age=1"]).noCache)
        #expect(!CacheDirectives(["Pragma": "x"]).noCache)
    }

    @Test("any bytes are read to an end", arguments: 1...4 as ClosedRange<UInt64>)
    func anyBytes(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<5_000 {
            var fields = HTTPFields()
            fields.append(.cacheControl, bytes: random.bytes(upTo: 30, of: "max-age=\"\\, 019no-store"))
            let directives = CacheDirectives(fields)
            #expect((directives.maxAge ?? 0) >= 0, "seed \(seed)")
        }
    }
}
