import Testing

@testable import Tokens

@Suite("revocation") struct RevocationSetTests {
    private func claims(id: String? = "t", subject: String? = "s", issuedAt: Int64? = 100) -> TokenClaims {
        var claims = TokenClaims()
        (claims.id, claims.subject, claims.issuedAt) = (id, subject, issuedAt.map(UnixTime.init(seconds:)))
        return claims
    }

    private let end = UnixTime(seconds: 500)

    @Test("a token is refused by its id")
    func byID() throws {
        var set = RevocationSet()
        try set.check(claims())
        try set.revoke(id: "t", until: end)
        #expect(throws: TokenError.revoked) { try set.check(claims()) }
        try set.check(claims(id: "u"))
        try set.check(claims(id: nil))
    }

    @Test("a subject's tokens are refused up to a second, and those that don't tell")
    func bySubject() throws {
        var set = RevocationSet()
        try set.revoke(subject: "s", issuedUpTo: UnixTime(seconds: 100), until: end)
        for issuedAt in [0, 99, 100, nil] as [Int64?] {
            #expect(throws: TokenError.revoked) { try set.check(claims(issuedAt: issuedAt)) }
        }
        try set.check(claims(issuedAt: 101))
        try set.check(claims(subject: "other"))
        // An earlier time later on takes nothing back.
        try set.revoke(subject: "s", issuedUpTo: UnixTime(seconds: 50), until: UnixTime(seconds: 60))
        #expect(throws: TokenError.revoked) { try set.check(claims(issuedAt: 100)) }
        set.prune(at: UnixTime(seconds: 499))
        #expect(set.count == 1)
    }

    @Test("what is over is pruned; what is full says so and keeps what it has")
    func bounds() throws {
        var set = RevocationSet(limit: 2)
        try set.revoke(id: "t", until: end)
        try set.revoke(subject: "s", issuedUpTo: end, until: UnixTime(seconds: 600))
        #expect(throws: RevocationSet.Full(limit: 2)) { try set.revoke(id: "u", until: end) }
        try set.revoke(id: "t", until: end)
        #expect(throws: TokenError.revoked) { try set.check(claims()) }
        set.prune(at: end)
        #expect(set.count == 1)
        try set.revoke(id: "u", until: UnixTime(seconds: 700))
    }
}
