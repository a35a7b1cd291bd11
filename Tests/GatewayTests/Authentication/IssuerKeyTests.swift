import HTTP
import Reactor
import Telemetry
import TestSupport
import Testing

@testable import Gateway
@testable import Tokens

@Suite("issuers' keys at the gateway (G5, G6)", .timeLimit(.minutes(1))) struct IssuerKeyTests {
    @Test("keys that rotate under load refuse no valid token")
    func rotation() async throws {
        try await HTTPIssuer.run { issuer in
            let clock = TestClock()
            let edge = try Edge(issuer, clock: clock)
            let first = try SigningKey(.generate(.ed25519), id: "0")
            try issuer.publish([first.verificationKey])
            let current = Cell(first)
            let isOver = Cell(false)
            let counts = Cell([Int](repeating: 0, count: 4))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for caller in 0..<4 {
                    tasks.addTask(executorPreference: try TestLoops.two.loops[caller % 2]) {
                        var number = 0
                        let old = try EdgeToken.good(issuer.name, by: first)
                        while !isOver.withLock({ $0 }) {
                            number += 1
                            let key = current.withLock { $0 }
                            let token = try EdgeToken.good(issuer.name, by: key, id: "\(caller)-\(number)")
                            for token in [token, token, old] {
                                let refusal = try await edge.refusal(token: token)
                                #expect(refusal == nil, "token \(number) of caller \(caller)")
                            }
                            counts.withLock { $0[caller] = number }
                        }
                    }
                }
                // Everybody has gone on with the keys of now.
                func goOn() async throws {
                    let before = counts.withLock { $0 }
                    try await eventually("callers") {
                        counts.withLock { zip($0, before).allSatisfy { $0 > $1 + 1 } }
                    }
                }
                var published = [first.verificationKey]
                for number in 1...5 {
                    try await goOn()
                    let next = try SigningKey(.generate(.ed25519), id: "\(number)")
                    published.append(next.verificationKey)
                    try issuer.publish(published)
                    clock.advance(.seconds(10))
                    current.withLock { $0 = next }
                }
                try await goOn()
                isOver.withLock { $0 = true }
                try await tasks.waitForAll()
            }
            #expect(issuer.requests.count == 6)
            let valid = try #require(edge.metric("auth_tokens_total{result=\"valid\"}"))
            #expect(Int(valid) == counts.withLock { $0.reduce(0, +) } * 3)
        }
    }

    /// A token that only looks like one: what its key is, is asked before its signature.
    private func unsigned(_ issuer: HTTPIssuer, kid: String) -> String {
        let header = Base64URL.encode(Array("{\"alg\":\"ES256\",\"kid\":\"\(kid)\"}".utf8).span)
        return "\(header).\(Base64URL.encode(EdgeToken.payload(issuer.name).span)).AAAA"
    }

    @Test("J4: 10 000 random key ids in 30 s cause a fetch each 10 s at most")
    func randomKeys() async throws {
        try await HTTPIssuer.run { issuer in
            let clock = TestClock()
            let edge = try Edge(issuer, clock: clock)
            try issuer.publish(EdgeKeys.published)
            let good = try EdgeToken.good(issuer.name, by: EdgeKeys.key())
            #expect(try await edge.refusal(token: good) == nil)
            for number in 0..<10_000 {
                if number.isMultiple(of: 1_000) { clock.advance(.seconds(3)) }
                let refusal = try await edge.refusal(token: unsigned(issuer, kid: "random-\(number)"))
                #expect(refusal == "token_key_unknown")
            }
            #expect((2...4).contains(issuer.count("/jwks")))
            #expect(try await edge.refusal(token: good) == nil)
        }
    }

    @Test("while the issuer is away for an hour its keys serve on, and their age shows")
    func away() async throws {
        try await HTTPIssuer.run { issuer in
            let clock = TestClock()
            let edge = try Edge(issuer, clock: clock)
            try issuer.publish(EdgeKeys.published)
            let known = try EdgeToken.good(issuer.name, by: EdgeKeys.key())
            #expect(try await edge.refusal(token: known) == nil)
            issuer.setAway(true)
            for minute in stride(from: 10, through: 60, by: 10) {
                clock.advance(.seconds(600))
                let stranger = try await edge.refusal(token: unsigned(issuer, kid: "\(minute)"))
                #expect(stranger == "token_key_unknown")
                let new = try EdgeToken.good(issuer.name, by: EdgeKeys.key(.rs256), id: "\(minute)")
                #expect(try await edge.refusal(token: new) == nil)
                #expect(try await edge.refusal(token: known) == nil)
            }
            #expect(edge.metric("jwks_age_seconds{issuer=\"\(issuer.name)\"}") == 3_600)
            #expect(edge.metric("jwks_refresh_failures_total{issuer=\"\(issuer.name)\"}") == 6)
        }
    }

    @Test("J12: a key that was rotated away verifies no more, not even what is remembered")
    func retired() async throws {
        try await HTTPIssuer.run { issuer in
            let clock = TestClock()
            let edge = try Edge(issuer, clock: clock)
            try issuer.publish([EdgeKeys.key(.es256).verificationKey])
            let old = try EdgeToken.good(issuer.name, by: EdgeKeys.key(.es256))
            for _ in 0..<3 { #expect(try await edge.refusal(token: old) == nil) }
            try issuer.publish([EdgeKeys.key(.edDSA).verificationKey])
            clock.advance(.seconds(600))
            let new = try EdgeToken.good(issuer.name, by: EdgeKeys.key(.edDSA))
            #expect(try await edge.refusal(token: new) == nil)
            #expect(try await edge.refusal(token: old) == "token_key_unknown")
        }
    }

    @Test(
        "a signature that is remembered as forged is good once the issuer's keys have changed to the one that made it"
    )
    func forgedBefore() async throws {
        try await HTTPIssuer.run { issuer in
            let clock = TestClock()
            let edge = try Edge(issuer, clock: clock)
            let one = try SigningKey(.generate(.ed25519), id: "same")
            let other = try SigningKey(.generate(.ed25519), id: "same")
            try issuer.publish([one.verificationKey])
            let token = try EdgeToken.good(issuer.name, by: other)
            for _ in 0..<3 { #expect(try await edge.refusal(token: token) == "token_signature_invalid") }
            #expect(edge.metric("auth_tokens_total{result=\"token_signature_invalid\"}") == 3)
            try issuer.publish([other.verificationKey])
            clock.advance(.seconds(600))
            // Has the keys fetched anew.
            let stranger = try await edge.refusal(token: unsigned(issuer, kid: "another"))
            #expect(stranger == "token_key_unknown")
            #expect(try await edge.refusal(token: token) == nil)
        }
    }

    @Test("what is remembered as forged is that token to the byte")
    func forgedNeighbours() async throws {
        try await HTTPIssuer.run { issuer in
            let edge = try Edge(issuer)
            let key = try SigningKey(.generate(.ed25519), id: "same")
            try issuer.publish([key.verificationKey])
            let good = try EdgeToken.good(issuer.name, by: key)
            let signature = good.suffix(86)
            let others = try (0..<20).map { number in
                try EdgeToken.good(issuer.name, by: key, id: "\(number)").dropLast(86) + signature
            }
            for _ in 0..<2 {
                for other in others {
                    #expect(try await edge.refusal(token: String(other)) == "token_signature_invalid")
                }
                #expect(try await edge.refusal(token: good) == nil)
            }
        }
    }

    @Test(
        "an issuer that can't be reached at the start gets 503 for its tokens until it can, and the log tells"
    )
    func degraded() async throws {
        try await HTTPIssuer.run { issuer in
            let clock = TestClock()
            issuer.setAway(true)
            let edge = try Edge(issuer, clock: clock)
            let token = try EdgeToken.good(issuer.name, by: EdgeKeys.key())
            let problem = try #require(try await edge.refusal([.authorization: "Bearer \(token)"]))
            #expect(problem.status == .serviceUnavailable && problem.reason == "keys_unavailable")
            #expect(problem.fields["retry-after"] == "1")
            let logs = InMemoryLogSink()
            let group = try TestLoops.two
            let context = Context().with {
                $0.logger = Logger("test", to: LogOutput(service: "gateway", instance: "1", sink: logs))
            }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask(executorPreference: group.loops[0]) {
                    await Context.with(context) { await edge.authenticator.run(on: group.loops[0]) }
                }
                try await eventually("a warning") { logs.text.contains("the issuer's keys can't be had") }
                #expect(logs.text.contains("\"issuer\":\"\(issuer.name)\""))
                issuer.setAway(false)
                try issuer.publish(EdgeKeys.published)
                clock.advance(.seconds(10))
                #expect(try await edge.refusal(token: token) == nil)
                try await eventually("its end") { logs.text.contains("the issuer's keys are here") }
                tasks.cancelAll()
            }
        }
    }

    @Test("a token is judged by its own issuer's rules and keys alone; nobody is asked for a stranger's")
    func several() async throws {
        try await HTTPIssuer.run { one in
            try await HTTPIssuer.run { two in
                try one.publish([EdgeKeys.key(.es256).verificationKey])
                try two.publish([EdgeKeys.key(.edDSA).verificationKey])
                var settings = EdgeAuthenticationSettings()
                settings.issuers = [
                    IssuerSettings(issuer: one.name, audiences: ["us"], keys: .url(one.keysURL)),
                    IssuerSettings(
                        issuer: two.name,
                        audiences: ["us"],
                        algorithms: ["EdDSA"],
                        keys: .url(two.keysURL)
                    ),
                ]
                let edge = try Edge(settings)
                let (es256, edDSA) = (try EdgeKeys.key(.es256), try EdgeKeys.key(.edDSA))
                let strangers = [one.name + "/", one.name.uppercased(), "https://evil.example", one.origin]
                for name in strangers {
                    let refusal = try await edge.refusal(token: EdgeToken.good(name, by: es256))
                    #expect(refusal == "token_issuer_wrong", "\(name)")
                }
                #expect(one.requests.isEmpty && two.requests.isEmpty)
                #expect(try await edge.refusal(token: EdgeToken.good(one.name, by: es256)) == nil)
                #expect(try await edge.refusal(token: EdgeToken.good(two.name, by: edDSA)) == nil)
                #expect(
                    try await edge.refusal(token: EdgeToken.good(one.name, by: edDSA)) == "token_key_unknown"
                )
                #expect(
                    try await edge.refusal(token: EdgeToken.good(two.name, by: es256))
                        == "token_algorithm_not_allowed"
                )
            }
        }
    }
}
