import HTTP
import Reactor
import TestSupport
import Testing
import VigieTesting

@testable import Gateway
@testable import Tokens

@Suite("G5 G6: issuers' keys, by two gateways", .timeLimit(.minutes(2))) struct KeyFeatureTests {
    private static func document(_ issuer: HTTPIssuer) -> String {
        """
        {"authentication": {"issuers": [
           {"issuer": "\(issuer.name)", "audiences": ["us"], "keys": "\(issuer.keysURL)"}]},
         "routes": [{"path": "/user", "service": "echo"}, {"path": "/open", "service": "echo", "auth": "open"}]}
        """
    }

    private static func ask(_ gateway: TestService, _ token: String) async throws -> TestService.Answer {
        try await gateway.send(.get, "/user", fields: [.authorization: "Bearer \(token)"])
    }

    /// A token that only looks like one.
    private static func unsigned(_ issuer: HTTPIssuer, kid: String) -> String {
        let header = Base64URL.encode(Array("{\"alg\":\"ES256\",\"kid\":\"\(kid)\"}".utf8).span)
        return "\(header).\(Base64URL.encode(EdgeToken.payload(issuer.name).span)).AAAA"
    }

    @Test(
        "G5: keys are fetched once for all who wait for them, and random key ids cause a fetch each 10 s at most"
    )
    func unknownKeys() async throws {
        try await HTTPIssuer.run { issuer in
            try issuer.publish(EdgeKeys.published)
            issuer.hold()
            try await GatewayStage.run(Self.document(issuer)) { stage in
                let began = MonotonicInstant.now
                try await withThrowingTaskGroup(of: Int.self) { tasks in
                    for number in 0..<40 {
                        let token = try EdgeToken.good(issuer.name, by: EdgeKeys.key(), id: "\(number)")
                        tasks.addTask { try await Self.ask(stage.gateways[number % 2], token).status }
                    }
                    try await eventually("both ask for the keys") { issuer.count("/jwks") == 2 }
                    issuer.letGo()
                    for try await status in tasks { #expect(status == 200) }
                }
                #expect(issuer.count("/jwks") == 2)
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for client in 0..<8 {
                        tasks.addTask {
                            for number in 0..<250 {
                                let token = Self.unsigned(issuer, kid: "\(client).\(number)")
                                let answer = try await Self.ask(stage.gateways[client % 2], token)
                                #expect(answer.status == 401 && answer.reason == "token_key_unknown")
                            }
                        }
                    }
                    try await tasks.waitForAll()
                }
                let seconds = Int((MonotonicInstant.now - began).nanoseconds / 1_000_000_000)
                #expect(issuer.count("/jwks") <= 2 * (1 + seconds / 10), "in \(seconds) s")
                let good = try EdgeToken.good(issuer.name, by: EdgeKeys.key(), id: "last")
                for gateway in stage.gateways { #expect(try await Self.ask(gateway, good).status == 200) }
            }
        }
    }

    @Test("G5: keys that a service of the system answers are had from whichever instance lives")
    func service() async throws {
        let document = """
            {"authentication": {"issuers": [
               {"issuer": "us", "audiences": ["us"], "keys": "service://echo/auth/jwks?a"}]},
             "routes": [{"path": "/user", "service": "echo"}]}
            """
        let keys = try KeySet(EdgeKeys.published).jwks()
        try await GatewayStage.run(document) { stage in
            for upstream in stage.upstreams {
                upstream.answers { request in
                    request.head.target == "/auth/jwks?a"
                        ? HTTPResponse(.ok, body: HTTPBody(keys)) : try await Upstream.greeting(request)
                }
            }
            for upstream in stage.upstreams.dropLast() { await upstream.stop() }
            let token = try EdgeToken.good("us", by: EdgeKeys.key())
            for gateway in stage.gateways {
                // Those asked at the start may have been asked too early.
                try await eventually("keys") { try await Self.ask(gateway, token).status == 200 }
            }
        }
    }

    @Test("G5: keys that rotate under load refuse no valid token in either gateway")
    func rotation() async throws {
        try await HTTPIssuer.run { issuer in
            let (old, new) = (
                try SigningKey(.generate(.ed25519), id: "old"), try SigningKey(.generate(.ed25519), id: "new")
            )
            try issuer.publish([old.verificationKey])
            try await GatewayStage.run(Self.document(issuer)) { stage in
                let current = Cell(old)
                let number = Cell(0)
                try await ClientLoad.run(clients: 4) { client in
                    let id = number.withLock { number in
                        number += 1
                        return number
                    }
                    let key = current.withLock { $0 }
                    let token = try EdgeToken.good(issuer.name, by: key, id: "\(id)")
                    return try await Self.ask(stage.gateways[client % 2], token).status
                } _: { load in
                    try await eventually("keys") { load.count(200) > 20 }
                    // While an issuer starts, its first tokens may find no keys yet.
                    let early = load.count(503)
                    try issuer.publish([old.verificationKey, new.verificationKey])
                    // Keys are published before they sign, and a key that is not known is asked for each 10 s at most.
                    try await TestLoops.one.loops[0].sleep(for: .seconds(10))
                    try await load.more(20)
                    current.withLock { $0 = new }
                    try await load.more(200)
                    #expect(load.failures == (early > 0 ? ["503: \(early)"] : []))
                }
                #expect(issuer.count("/jwks") == 4)
            }
        }
    }

    @Test("G6: an issuer that is away is told of, and its keys serve on")
    func away() async throws {
        try await HTTPIssuer.run { issuer in
            issuer.setAway(true)
            try issuer.publish(EdgeKeys.published)
            try await GatewayStage.run(Self.document(issuer)) { stage in
                let token = try EdgeToken.good(issuer.name, by: EdgeKeys.key())
                for gateway in stage.gateways {
                    let early = try await Self.ask(gateway, token)
                    #expect(early.status == 503 && early.reason == "keys_unavailable", "\(early.text)")
                    #expect(early.fields[.retryAfter] == "1")
                    #expect(try await gateway.get("/open").status == 200)
                    try await eventually("a failure that shows") {
                        (gateway.metric("jwks_refresh_failures_total", ["issuer": issuer.name]) ?? 0) >= 1
                    }
                }
                issuer.setAway(false)
                for gateway in stage.gateways {
                    try await eventually("keys") { try await Self.ask(gateway, token).status == 200 }
                }
                issuer.setAway(true)
                for gateway in stage.gateways {
                    let age = try #require(gateway.metric("jwks_age_seconds", ["issuer": issuer.name]))
                    try await eventually("keys that grow old") {
                        (gateway.metric("jwks_age_seconds", ["issuer": issuer.name]) ?? 0) > age
                    }
                    let next = try EdgeToken.good(issuer.name, by: EdgeKeys.key(.rs256), id: "2")
                    #expect(try await Self.ask(gateway, next).status == 200)
                    let page = try await gateway.get("/metrics").text
                    #expect(page.contains("jwks_age_seconds{issuer=\"\(issuer.name)\"}"))
                    #expect(page.contains("jwks_refresh_failures_total{issuer=\"\(issuer.name)\"}"))
                }
            }
        }
    }
}
