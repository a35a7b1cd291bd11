import Reactor
import Testing

@testable import Tokens

@Suite("an issuer's keys", .timeLimit(.minutes(1))) struct KeySetCacheTests {
    private let one: SigningKey
    private let two: SigningKey
    private let issuer: ScriptedIssuer

    init() throws {
        one = try SigningKey(.generate(.p256), id: "one")
        two = try SigningKey(.generate(.ed25519), id: "two")
        issuer = try ScriptedIssuer([one.verificationKey])
    }

    private func refusal(
        _ key: SigningKey,
        _ cache: KeySetCache,
        id: String? = nil
    ) async throws -> TokenError? {
        var header = ["alg": ClaimValue.string(key.algorithm.rawValue)]
        header["kid"] = (id ?? key.id).map(ClaimValue.string)
        let input =
            Base64URL.encode(ClaimWriter.encode(header).span) + "."
            + Base64URL.encode(Array(Fixture.payload().utf8).span)
        let signature = try key.sign(Array(input.utf8))
        let token = try UnverifiedToken(
            parsing: Array("\(input).\(Base64URL.encode(signature.span))".utf8).span
        )
        do throws(TokenError) {
            _ = try await cache.verify(token, by: Fixture.verifier, at: Fixture.now)
            return nil
        } catch { return error }
    }

    @Test("the first token fetches them, the next ones do not")
    func first() async throws {
        let cache = issuer.cache()
        #expect(cache.snapshot == nil)
        #expect(cache.figures.age == nil)
        for _ in 0..<5 { #expect(try await refusal(one, cache) == nil) }
        #expect(issuer.fetches == 1)
        issuer.advance(.seconds(7))
        #expect(cache.figures.age == .seconds(7))
        #expect(cache.figures.failures == 0)
    }

    @Test("they are fetched again after 10 min, and only when due")
    func refresh() async throws {
        let cache = issuer.cache()
        await cache.refresh()
        issuer.advance(.seconds(599))
        await cache.refresh()
        #expect(issuer.fetches == 1)
        issuer.advance(.seconds(1))
        await cache.refresh()
        await cache.refresh()
        #expect(issuer.fetches == 2)
    }

    @Test("a key that is rotated in is found; the generation goes up only when the keys change")
    func rotation() async throws {
        let cache = issuer.cache()
        await cache.refresh()
        let generation = try #require(cache.snapshot?.generation)
        issuer.advance(.seconds(10))
        try issuer.publish([one.verificationKey, two.verificationKey])
        #expect(try await refusal(two, cache) == nil)
        #expect(try await refusal(one, cache) == nil)
        #expect(issuer.fetches == 2)
        #expect(cache.snapshot?.generation == generation + 1)
        issuer.advance(.seconds(600))
        await cache.refresh()
        #expect(issuer.fetches == 3)
        #expect(cache.snapshot?.generation == generation + 1)
    }

    @Test("J12: a key that is rotated out verifies no more")
    func retired() async throws {
        let cache = issuer.cache()
        #expect(try await refusal(one, cache) == nil)
        try issuer.publish([two.verificationKey])
        issuer.advance(.seconds(600))
        await cache.refresh()
        #expect(try await refusal(one, cache) == .unknownKey)
    }

    @Test("J4: 10 000 unknown keys in 30 s cost a fetch each 10 s at most")
    func unknownKeys() async throws {
        let cache = issuer.cache()
        await cache.refresh()
        for number in 0..<10_000 {
            if number.isMultiple(of: 1_000) { issuer.advance(.seconds(3)) }
            #expect(try await refusal(one, cache, id: "random-\(number)") == .unknownKey)
        }
        #expect((2...4).contains(issuer.fetches))
        #expect(try await refusal(one, cache) == nil)
    }

    @Test("a key that the issuer did not know is not asked for again for 30 s")
    func negative() async throws {
        let cache = issuer.cache()
        await cache.refresh()
        issuer.advance(.seconds(10))
        #expect(try await refusal(two, cache) == .unknownKey)
        #expect(issuer.fetches == 2)
        try issuer.publish([one.verificationKey, two.verificationKey])
        issuer.advance(.seconds(29))
        #expect(try await refusal(two, cache) == .unknownKey)
        #expect(issuer.fetches == 2)
        issuer.advance(.seconds(1))
        #expect(try await refusal(two, cache) == nil)
        #expect(issuer.fetches == 3)
    }

    @Test("all who wait for a key share one fetch, and one who leaves does not end it")
    func singleFlight() async throws {
        let cache = issuer.cache()
        await cache.refresh()
        issuer.advance(.seconds(10))
        try issuer.publish([one.verificationKey, two.verificationKey])
        issuer.hold()
        let leaving = Task { try await refusal(two, cache) }
        while issuer.fetches < 2 { await Task.yield() }
        leaving.cancel()
        try await withThrowingTaskGroup(of: TokenError?.self) { tasks in
            for _ in 0..<50 { tasks.addTask { try await refusal(two, cache) } }
            issuer.letGo()
            for try await refusal in tasks { #expect(refusal == nil) }
        }
        _ = try await leaving.value
        #expect(issuer.fetches == 2)
    }

    @Test("while the issuer is away the old keys serve for 24 h, and the failures show")
    func away() async throws {
        let cache = issuer.cache()
        await cache.refresh()
        issuer.leave()
        for hour in 1..<24 {
            issuer.advance(.seconds(3_600))
            await cache.refresh()
            #expect(try await refusal(one, cache) == nil)
            #expect(cache.figures.failures == UInt64(hour))
        }
        #expect(cache.figures.lastFailure?.contains("Away") == true)
        issuer.advance(.seconds(3_600))
        #expect(try await refusal(one, cache) == .keysUnavailable)
        #expect(cache.snapshot == nil)
        try issuer.publish([one.verificationKey])
        issuer.advance(.seconds(10))
        #expect(try await refusal(one, cache) == nil)
        #expect(cache.figures.lastFailure == nil)
    }

    @Test("failures are repeated after 1 s, 2 s, 4 s and then 10 s each")
    func retries() async throws {
        let cache = issuer.cache()
        issuer.leave()
        #expect(try await refusal(one, cache) == .keysUnavailable)
        for (number, pause) in [1, 2, 4, 8, 10, 10].enumerated() {
            issuer.advance(.milliseconds(pause * 1_000 - 1))
            await cache.refresh()
            #expect(try await refusal(one, cache) == .keysUnavailable)
            #expect(issuer.fetches == number + 1)
            issuer.advance(.milliseconds(1))
            await cache.refresh()
            #expect(issuer.fetches == number + 2)
        }
    }

    @Test(
        "a document without a key that can be used is a failure, and takes none away",
        arguments: ["", "<html>", "{}", #"{"keys":[]}"#, #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#]
    )
    func nonsense(document: String) async throws {
        let cache = issuer.cache()
        await cache.refresh()
        issuer.publish(document: document)
        issuer.advance(.seconds(600))
        await cache.refresh()
        #expect(cache.figures.failures == 1)
        #expect(try await refusal(one, cache) == nil)
    }

    @Test("what is refused for another reason than its key fetches nothing")
    func otherReasons() async throws {
        let cache = issuer.cache()
        await cache.refresh()
        issuer.advance(.seconds(100))
        let forger = try SigningKey(.generate(.p256), id: "one")
        #expect(try await refusal(forger, cache) == .invalidSignature)
        #expect(issuer.fetches == 1)
    }
}
