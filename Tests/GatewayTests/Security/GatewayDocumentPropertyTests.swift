import Documents
import HTTP
import TestSupport
import Testing
import VigieTesting

@testable import Gateway

@Suite("a gateway's file, changed at random", .timeLimit(.minutes(2))) struct GatewayDocumentPropertyTests {
    /// A document with every key in it.
    private static let good = """
        {"routes": [
          {"path": "/a/{id}", "host": "*.example.com", "methods": ["GET", "PUT"], "headers": {"x-version": "2"},
           "id": "one", "service": "echo", "strip": "/a", "auth": {"roles": ["host"], "scopes": ["read"]},
           "rates": ["api"], "bodyLimit": "10MiB", "answerLimit": 1000, "timeout": "1m30s", "attemptTimeout": "250ms",
           "connectTimeout": "1s", "idleTimeout": "60s", "attempts": 3, "idempotent": true, "hedge": "20ms",
           "tags": ["blue"], "canary": 0.25, "stream": false, "upgrade": ["websocket"], "cache": true,
           "inFlight": 10, "inFlightPerCaller": 2,
           "cors": {"origins": ["https://app.example.com"], "methods": ["GET"], "headers": ["x-a"], "exposed": ["etag"],
                    "credentials": true, "maxAge": "5m"}},
          {"path": "/b/{rest...}", "service": "echo", "auth": "open", "rewrite": "/v2/{rest...}"},
          {"path": "/old/{id}", "auth": "user", "redirect": {"to": "https://example.com/new/{id}", "status": 301}}],
         "rates": {"api": {"rate": "100/s", "burst": 200, "per": "client"}, "slow": {"rate": "5/min", "per": "tenant"}},
         "authentication": {
           "issuers": [{"issuer": "https://id.example.com", "audiences": ["api"], "algorithms": ["RS256"],
                        "keys": "https://id.example.com/keys", "type": "at+jwt"},
                       {"issuer": "other", "secretVariable": "SECRET"}],
           "apiKeys": [{"id": "k", "sha256": "00", "subject": "s", "roles": ["r"], "scopes": ["c"], "tenant": "t",
                        "expires": "2027-01-31T12:00:00Z"}],
           "apiKeyField": "X-Key", "authorityFile": "/etc/ca.pem"},
         "services": {"notes": {"grants": ["/api/notes", "api.example.com/notes"]}}}
        """

    /// Values that a key does not want, or wants only just.
    private static let values = [
        "null", "true", "0", "-1", "1e400", "-0", "0.5", "99999999999999999999", "9223372036854775807",
        #""""#, #""x""#,
        "[]", "{}", "[[]]", "[null]", #"["a", 1]"#, #"{"a": {}}"#, #""{""#, #""/""#, #""//""#, #""/{}""#,
        #""/{a}/{a}""#,
        #""/{rest...}/x""#, #""/%2e""#, #""/..""#, #""99999999999999999999h""#,
        #""1h99999999999999999999ns""#, #""-1s""#,
        #""1e9s""#, #""9999999999999GiB""#, #""99999999999999999999/s""#, #""0/s""#, #""1/day""#, #""*""#,
        #""*.""#,
        #""\u0000""#, #""\ud83d\ude00""#, #""9999-99-99T99:99:99Z""#, #""0000-00-00T00:00:00Z""#, "300",
        "399",
    ]

    /// A document with one to three changes: values put in others' places, bytes changed, taken out or doubled.
    private static func mutant(_ random: inout SplitMix) -> [UInt8] {
        var bytes = Array(good.utf8)
        for _ in 0...random.below(3) {
            let place = random.below(bytes.count)
            switch random.below(8) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: place)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + random.below(60)))
            case 3:
                bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + random.below(60))], at: place)
            default: replaceValue(behind: place, in: &bytes, &random)
            }
        }
        return bytes
    }

    /// Puts another value in the place of the first one behind `place`.
    private static func replaceValue(behind place: Int, in bytes: inout [UInt8], _ random: inout SplitMix) {
        guard let colon = bytes[place...].firstIndex(of: UInt8(ascii: ":")) else { return }
        let ends = Array(",]}\n".utf8)
        let end = bytes[(colon + 1)...].firstIndex { ends.contains($0) } ?? bytes.count
        bytes.replaceSubrange((colon + 1)..<end, with: Array(values[random.below(values.count)].utf8))
    }

    @Test("the document is good, and so is each of its values")
    func unchanged() throws {
        let document = try GatewayDocument(parsing: Array(Self.good.utf8))
        #expect(document.routes.count == 3 && document.rates.count == 2 && document.grants.count == 1)
        #expect(document.authentication.issuers.count == 2 && document.authentication.apiKeys.count == 1)
    }

    @Test("it is taken, or refused with what is wrong in it", arguments: 1...20 as ClosedRange<UInt64>)
    func documents(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var taken = 0
        for number in 0..<250 {
            let bytes = Self.mutant(&random)
            do throws(DocumentError) {
                _ = try GatewayDocument(parsing: bytes)
                taken += 1
            } catch {
                let isTold = !error.mistakes.isEmpty && error.mistakes.allSatisfy { !$0.isEmpty }
                #expect(isTold, "seed \(seed), document \(number): \(String(decoding: bytes, as: UTF8.self))")
            }
        }
        // Both happen, so that the changes are neither too many nor none.
        #expect(taken > 0 && taken < 250, "seed \(seed): \(taken)")
    }

    @Test("each value in the place of each other: taken, or refused by its place")
    func values() throws {
        let text = Array(Self.good.utf8)
        for colon in text.indices
        where text[colon] == UInt8(ascii: ":") && text[colon - 1] == UInt8(ascii: "\"") {
            let ends = Array(",]}\n".utf8)
            let end = text[(colon + 1)...].firstIndex { ends.contains($0) } ?? text.count
            for value in Self.values {
                let bytes = Array(text[...colon]) + Array(value.utf8) + text[end...]
                do throws(DocumentError) { _ = try GatewayDocument(parsing: bytes) } catch {
                    #expect(!error.mistakes.isEmpty, "\(value) at byte \(colon)")
                }
            }
        }
    }

    @Test("routes that come over the admin interface: taken or refused, and the gateway serves on")
    func administered() async throws {
        let upstream = try await Upstream.start()
        try await SecurityStage.run(before: [upstream.address]) { gateway in
            var random = SplitMix(seed: 5)
            let names = [
                "path", "host", "methods", "headers", "strip", "rewrite", "timeout", "attempts", "canary",
                "rates", "cors",
            ]
            let paths = [#""/a""#, #""/a/{id}""#, #""/{rest...}""#, #""/a//b""#, #""/a/{id}/{id2}""#]
            var statuses: [Int: Int] = [:]
            for number in 0..<200 {
                var members = [
                    #""path": \#(paths[random.below(paths.count)])"#, #""service": "echo""#,
                    #""auth": "open""#,
                ]
                for _ in 0..<random.below(3) {
                    members.append(
                        "\"\(names[1 + random.below(names.count - 1)])\": \(Self.values[random.below(Self.values.count)])"
                    )
                }
                let route = "{\(members.joined(separator: ", "))}"
                let answer = try await gateway.admin(.put, "/admin/routes/r\(number % 5)", json: route)
                statuses[answer.status, default: 0] += 1
                #expect([200, 201, 400, 409, 422].contains(answer.status), "\(route): \(answer.text)")
            }
            #expect(statuses[422] ?? 0 > 0 && (statuses[200] ?? 0) + (statuses[201] ?? 0) > 0, "\(statuses)")
            let served = try await gateway.get("/somewhere")
            #expect(served.status == 200)
        }
        await upstream.stop()
    }
}
