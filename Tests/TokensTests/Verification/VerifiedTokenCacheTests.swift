import TestSupport
import Testing

@testable import Tokens

@Suite("cache of verified tokens") struct VerifiedTokenCacheTests {
    private func verified(end: Int64 = 100) throws -> VerifiedToken {
        let token = Array(try Fixture.token(.hs256).utf8)
        return VerifiedToken(try UnverifiedToken(parsing: token.span), end: UnixTime(seconds: end))
    }

    private let start = UnixTime(seconds: 0)

    @Test("a token is found by all of its bytes, until its end")
    func finds() throws {
        var cache = VerifiedTokenCache<VerifiedToken>()
        let token = try verified()
        let text = Array("a.b.c".utf8)
        #expect(cache.find(text.span, at: start) == nil)
        cache.insert(text.span, token, until: token.end)
        #expect(cache.find(text.span, at: start) === token)
        #expect(cache.find(text.span, at: UnixTime(seconds: 99)) === token)
        #expect(cache.find(text.span, at: UnixTime(seconds: 100)) == nil)
        #expect(cache.find(Array("a.b.C".utf8).span, at: start) == nil)
        #expect(cache.find(Array("a.b.".utf8).span, at: start) == nil)
        #expect(cache.hits == 2)
        #expect(cache.misses == 4)
    }

    @Test("it has a bound; what is used stays, what is not goes")
    func bound() throws {
        var cache = VerifiedTokenCache<VerifiedToken>(capacity: 100)
        let token = try verified()
        func text(_ number: Int) -> [UInt8] { Array("\(number)".utf8) }
        for number in 0..<100 { cache.insert(text(number).span, token, until: token.end) }
        for number in 1_000..<1_099 {
            #expect(cache.find(text(0).span, at: start) != nil)
            cache.insert(text(number).span, token, until: token.end)
            #expect(cache.count == 100)
        }
        for number in 1..<100 { #expect(cache.find(text(number).span, at: start) == nil) }
    }

    @Test("it holds what a dictionary without a bound holds", arguments: 1...5 as ClosedRange<UInt64>)
    func model(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var cache = VerifiedTokenCache<VerifiedToken>(capacity: 16)
        var model: [[UInt8]: VerifiedToken] = [:]
        let tokens = try (0..<4).map { _ in try verified() }
        for _ in 0..<5_000 {
            let text = Array("\(random.below(40))".utf8)
            if random.below(2) == 0 {
                let token = tokens[random.below(4)]
                cache.insert(text.span, token, until: token.end)
                model[text] = token
                #expect(cache.find(text.span, at: start) === token, "seed \(seed)")
            } else if let found = cache.find(text.span, at: start) {
                #expect(found === model[text], "seed \(seed)")
            }
            #expect(cache.count <= 16)
        }
    }
}
