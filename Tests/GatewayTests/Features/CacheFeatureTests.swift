import HTTP
import HTTPWire
import Reactor
import Synchronization
import TestSupport
import Testing
import VigieTesting

@Suite("G22: kept answers", .timeLimit(.minutes(2))) struct CacheFeatureTests {
    private static let document = """
        {"routes": [
          {"path": "/kept/{id}", "service": "echo", "auth": "open", "cache": true},
          {"path": "/user", "service": "echo", "cache": true}
        ]}
        """

    @Test("an answer is kept as its service allows, and given out with its age")
    func kept() async throws {
        try await GatewayStage.run(Self.document) { stage in
            stage.allAnswer { _ in
                HTTPResponse(
                    .ok,
                    fields: [.cacheControl: "max-age=60", "etag": "\"1\""],
                    body: HTTPBody("once")
                )
            }
            let first = try await stage.gateway.get("/kept/1?a=b")
            let second = try await stage.gateway.get("/kept/1?a=b")
            #expect(first.text == "once" && second.text == "once" && stage.requests.count == 1)
            #expect(second.fields["age"] != nil && second.fields["cache-status"]?.contains("hit") == true)
            let checked = try await stage.gateway.send(
                .get,
                "/kept/1?a=b",
                fields: ["if-none-match": "\"1\""]
            )
            #expect(checked.status == 304)
            _ = try await stage.gateway.get("/kept/2")
            #expect(stage.requests.count == 2)
        }
    }

    @Test("what is one user's is nobody else's")
    func personal() async throws {
        try await GatewayStage.run(Self.document) { stage in
            stage.allAnswer { request in
                let who = request.head.fields["x-auth-subject"] ?? "nobody"
                return HTTPResponse(.ok, fields: [.cacheControl: "max-age=60"], body: HTTPBody(who))
            }
            #expect(try await stage.gateway.get("/user", as: "anna").text == "anna")
            #expect(try await stage.gateway.get("/user", as: "ben").text == "ben")
            #expect(try await stage.gateway.get("/user").status == 401)
            stage.allAnswer { _ in
                HTTPResponse(.ok, fields: [.cacheControl: "private, max-age=60"], body: HTTPBody("mine"))
            }
            _ = try await stage.gateway.get("/kept/3")
            _ = try await stage.gateway.get("/kept/3")
            #expect(stage.requests.count == 4)
        }
    }

    @Test("what can't be kept is revalidated by clients all the same")
    func notKept() async throws {
        try await GatewayStage.run(Self.document) { stage in
            stage.allAnswer { request in
                let has = request.head.fields["if-none-match"] == "\"1\""
                let fields: HTTPFields = [.cacheControl: "private, no-cache", "etag": "\"1\""]
                return HTTPResponse(
                    has ? .notModified : .ok,
                    fields: fields,
                    body: has ? .empty : HTTPBody("mine")
                )
            }
            #expect(try await stage.gateway.get("/kept/5").text == "mine")
            for _ in 0..<2 {
                let again = try await stage.gateway.send(.get, "/kept/5", fields: ["if-none-match": "\"1\""])
                #expect(again.status == 304 && again.text.isEmpty && again.fields["etag"] == "\"1\"")
            }
            // The first that asks for a target does so for all.
            let first = try await stage.gateway.send(.get, "/kept/6", fields: ["if-none-match": "\"1\""])
            #expect(first.status == 304 && first.text.isEmpty)
        }
    }

    @Test("an answer that breaks off while it is read to be kept is told as one that is none")
    func brokenOff() async throws {
        let document =
            #"{"routes": [{"path": "/kept", "service": "echo", "auth": "open", "cache": true, "attempts": 1}]}"#
        let upstream = try ScriptedUpstream { wire in
            _ = try wire.readHead()
            try wire.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 9\r\n\r\npart")
        }
        defer { upstream.stop() }
        try await SecurityStage.run(document, before: [.loopback(port: upstream.port)]) { gateway in
            let answer = try await gateway.get("/kept")
            #expect(answer.status == 502 && answer.reason == "upstream_invalid", "\(answer.text)")
            #expect(gateway.metric("gateway_refused_total", ["reason": "upstream_invalid"]) == 1)
        }
    }

    @Test("many who ask at once cause one call")
    func singleFlight() async throws {
        try await GatewayStage.run(Self.document) { stage in
            let (arrived, goOn) = (Events<Void>(), Latch())
            stage.allAnswer { _ in
                arrived.note(())
                await goOn.wait()
                return HTTPResponse(.ok, fields: [.cacheControl: "max-age=60"], body: HTTPBody("one"))
            }
            let gateway = stage.gateway
            try await withThrowingTaskGroup(of: String.self) { tasks in
                for _ in 0..<16 { tasks.addTask { try await gateway.get("/kept/9").text } }
                await arrived.next()
                try await eventually("all of them there") {
                    (gateway.metric("http_server_active_requests") ?? 0) >= 16
                }
                goOn.open()
                for try await text in tasks { #expect(text == "one") }
            }
            #expect(stage.requests.count == 1)
        }
    }
}
