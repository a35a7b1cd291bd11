import Authentication
import Discovery
import HTTP
import Reactor
import Supervision
import Telemetry
import TestSupport
import Testing

@testable import Gateway
@testable import Tokens

/// J12, by a real `vigie registry`.
@Suite("revocation at the gateway", .timeLimit(.minutes(2))) struct RevocationTests {
    private struct Stage {
        let edge: EdgeAuthenticator
        let metrics: MetricRegistry
        let consul: ConsulClient
        let registry: RunningProgram
        let logs: InMemoryLogSink
        let issuer = "https://issuer.example"

        func revoke(_ key: String, _ value: String) async throws {
            let isDone = try await consul.put("vigie/revoked/" + key, Array(value.utf8))
            #expect(isDone)
        }

        func token(_ subject: String, id: String) throws -> String {
            try EdgeToken.good(issuer, by: EdgeKeys.key(.edDSA), subject: subject, id: id)
        }

        func refusal(_ token: String) async throws -> String? {
            do {
                let fields: HTTPFields = [.authorization: "Bearer \(token)"]
                _ = try await edge.identity(of: HTTPRequestHead(.get, "/", fields: fields))
                return nil
            } catch let problem as ProblemDetails {
                #expect(problem.status == .unauthorized)
                return problem.reason
            }
        }

        func metric(_ series: String) -> Double? {
            let lines = String(decoding: metrics.exposition(.text), as: UTF8.self).split(separator: "\n")
            return lines.first { $0.hasPrefix(series + " ") }?.split(separator: " ").last.flatMap {
                Double($0)
            }
        }
    }

    private func run(_ body: @Sendable (Stage) async throws -> Void) async throws {
        let registry = try RunningProgram("vigie", ["registry", "--port", "0", "--loops", "1"])
        let address = try await registry.listening()
        let group = try TestLoops.two
        let http = HTTPClient(on: group, settings: ConsulClient.httpSettings)
        var consulSettings = ConsulSettings()
        consulSettings.address = ConsulAddress(HTTPDestination(address))
        let consul = ConsulClient(consulSettings, over: http)
        let folder = try TemporaryFolder()
        let keys = "\(folder.path)/keys.json"
        try ScratchText.write(KeySet(EdgeKeys.published).jwks(), to: keys)
        var settings = EdgeAuthenticationSettings()
        settings.issuers = [
            IssuerSettings(issuer: "https://issuer.example", audiences: ["us"], keys: .file(keys)),
            IssuerSettings(issuer: "https://other.example", audiences: ["us"], keys: .file(keys)),
        ]
        let metrics = MetricRegistry(loops: group.loops)
        let edge = try EdgeAuthenticator(settings, registry: consul, metrics: metrics, on: group)
        let logs = InMemoryLogSink()
        let context = Context().with {
            $0.logger = Logger("test", to: LogOutput(service: "gateway", instance: "1", sink: logs))
        }
        let stage = Stage(edge: edge, metrics: metrics, consul: consul, registry: registry, logs: logs)
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask(executorPreference: group.loops[0]) {
                        await Context.with(context) { await edge.run(on: group.loops[0]) }
                    }
                    defer { tasks.cancelAll() }
                    try await eventually("the list") { edge.revocations?.isSettled == true }
                    try await body(stage)
                }
            )
        } catch {
            result = .failure(error)
        }
        await http.close()
        await registry.process.stop()
        try result.get()
    }

    @Test(
        "J12: a token that was verified before is refused by its id, by its subject, and let in again when taken back"
    )
    func cached() async throws {
        try await run { stage in
            let (anna, berta) = (try stage.token("anna", id: "a1"), try stage.token("berta", id: "b1"))
            for _ in 0..<3 {
                #expect(try await stage.refusal(anna) == nil)
                #expect(try await stage.refusal(berta) == nil)
            }
            let until = UnixTime.now.seconds + 7_200
            try await stage.revoke("a1", #"{"iss":"https://issuer.example","jti":"a1","until":\#(until)}"#)
            try await eventually("anna's end") { try await stage.refusal(anna) == "token_revoked" }
            #expect(try await stage.refusal(berta) == nil)
            let later = UnixTime.now.seconds + 1
            try await stage.revoke("sub-berta", #"{"sub":"berta","issuedUpTo":\#(later),"until":\#(until)}"#)
            try await eventually("berta's end") { try await stage.refusal(berta) == "token_revoked" }
            // A new token of the same subject, of a time behind, is good; so is another issuer's with the same id.
            var claims = EdgeToken.claims(stage.issuer, subject: "berta", id: "b2")
            claims.issuedAt = UnixTime(seconds: later + 1)
            let newer = try TokenSigner(EdgeKeys.key(.edDSA)).sign(claims)
            #expect(try await stage.refusal(newer) == nil)
            let other = try EdgeToken.good("https://other.example", by: EdgeKeys.key(.edDSA), id: "a1")
            #expect(try await stage.refusal(other) == nil)
            #expect(stage.metric("auth_revocations") == 2)
            #expect(stage.metric("auth_tokens_total{result=\"token_revoked\"}") ?? 0 >= 2)
            let isDeleted = try await stage.consul.delete("vigie/revoked/a1")
            #expect(isDeleted)
            try await eventually("anna again") { try await stage.refusal(anna) == nil }
        }
    }

    @Test("an entry that can't be read is passed over, counted and logged; the others count")
    func malformed() async throws {
        try await run { stage in
            let until = UnixTime.now.seconds + 600
            let anna = try stage.token("anna", id: "a1")
            for (number, text) in ["", "{", #"{"jti":"x"}"#, #"{"jti":"x","until":"y"}"#].enumerated() {
                try await stage.revoke("bad\(number)", text)
            }
            try await stage.revoke("good", #"{"jti":"a1","until":\#(until)}"#)
            try await eventually("the good one") { try await stage.refusal(anna) == "token_revoked" }
            #expect(stage.metric("auth_revocations_malformed_total") == 4)
            #expect(stage.logs.text.contains("vigie/revoked/bad2"))
            #expect(stage.metric("auth_revocations") == 1)
        }
    }

    @Test("while the registry is away the last list counts, and its age shows")
    func away() async throws {
        try await run { stage in
            let (anna, berta) = (try stage.token("anna", id: "a1"), try stage.token("berta", id: "b1"))
            let until = UnixTime.now.seconds + 600
            try await stage.revoke("a1", #"{"jti":"a1","until":\#(until)}"#)
            try await eventually("anna's end") { try await stage.refusal(anna) == "token_revoked" }
            await stage.registry.process.stop()
            try await eventually("a warning") { stage.logs.text.contains("the last known ones count") }
            #expect(try await stage.refusal(anna) == "token_revoked")
            #expect(try await stage.refusal(berta) == nil)
            let age = try #require(stage.metric("auth_revocations_age_seconds"))
            try await eventually("age") { stage.metric("auth_revocations_age_seconds") ?? 0 > age }
        }
    }
}
