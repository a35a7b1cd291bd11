import Discovery
import HTTP
import JSON
import TestSupport
import Testing
import VigieTesting

/// What serves follows from what the file, operators and services say, not from the order in which they said it.
@Suite("G2: routes of several sources", .timeLimit(.minutes(2))) struct RouteSourceTests {
    private static let none = #"{"routes": []}"#
    private static func granting(_ prefix: String) -> String {
        #"{"services": {"echo": {"grants": ["\#(prefix)"]}}}"#
    }
    private static func document(_ path: String) -> String {
        #"{"routes": [{"path": "\#(path)", "service": "echo", "auth": "open"}]}"#
    }

    @Test(
        "an operator's route whose place the file takes is left out alone, can be taken away, and comes back"
    )
    func operatorsBehindFile() async throws {
        try await RegistryStage.run(Self.none) { (stage) async throws in
            for name in ["r1", "r2", "r3"] { #expect(try await stage.put(name) == 201) }
            try stage.rewrite(Self.document("/r1"))
            try await eventually("the file's route") {
                try await stage.refused().contains { $0.contains("its requests are those of /r1, of file") }
            }
            // Nobody else is in its way, here or in a gateway that starts now.
            #expect(try await stage.put("r4") == 201)
            try await stage.second { (second) async throws in
                for name in ["r1", "r2", "r3", "r4"] {
                    #expect(try await second.get("/\(name)").status == 503)
                }
                #expect(try await stage.refused(at: second).count == 1)
            }
            #expect(try await stage.put("r1") == 409)
            #expect(try await stage.delete("r2") == 204)
            #expect(try await stage.status("/r2") == 404)
            try stage.rewrite(Self.none)
            try await eventually("its return") { try await stage.refused().isEmpty }
            #expect(try await stage.status("/r1") == 503)
            try stage.rewrite(Self.document("/r1"))
            try await eventually("the file's route") { try await !stage.refused().isEmpty }
            #expect(try await stage.delete("r1") == 204)
            #expect(try await stage.refused().isEmpty)
            #expect(try await stage.client.values(under: DiscoveryKeys.operatorRoutes).value.count == 2)
        }
    }

    @Test("an operator's new route takes no other operator's place")
    func operatorsAmongThem() async throws {
        try await RegistryStage.run(Self.none) { (stage) async throws in
            #expect(try await stage.put("b") == 201)
            let same = #"{"path": "/b", "service": "echo", "auth": "open"}"#
            #expect(try await stage.gateway.admin(.put, "/admin/routes/a", json: same).status == 409)
            #expect(try await stage.refused().isEmpty)
            #expect(try await stage.status("/b") == 503)
        }
    }

    @Test(
        "a service's route whose place an operator takes is left out alone, whoever came first",
        arguments: [false, true]
    )
    func servicesBehindOperators(operatorFirst: Bool) async throws {
        try await RegistryStage.run(#"{"services": {"echo": {"grants": ["/api/echo"]}}}"#) {
            (stage) async throws in
            let upstream = try await Upstream.start()
            let taken = #"{"path": "/api/echo/a", "service": "gone", "auth": "open"}"#
            func take() async throws {
                let status = try await stage.gateway.admin(.put, "/admin/routes/mine", json: taken).status
                #expect(status == 201)
            }
            if operatorFirst { try await take() }
            let routes =
                #"{"routes": [{"path": "/api/echo/a", "auth": "open"}, {"path": "/api/echo/b", "auth": "open"}]}"#
            try await stage.register(upstream, "echo-1", routes: routes)
            try await eventually("its route") { try await stage.status("/api/echo/b") == 200 }
            if !operatorFirst { try await take() }
            #expect(try await stage.status("/api/echo/a") == 503)
            for _ in 0..<3 {
                try await stage.second { (second) async throws in
                    #expect(try await second.get("/api/echo/b").status == 200)
                    #expect(try await second.get("/api/echo/a").status == 503)
                    #expect(try await stage.refused(at: second).count == 1)
                }
            }
            #expect(try await stage.delete("mine") == 204)
            #expect(try await stage.status("/api/echo/a") == 200)
            await upstream.stop()
        }
    }

    @Test("a grant that is narrowed or withdrawn counts at once, and one that is given back")
    func grants() async throws {
        try await RegistryStage.run(Self.granting("/api/echo")) { (stage) async throws in
            let upstream = try await Upstream.start()
            let routes =
                #"{"routes": [{"path": "/api/echo/{id}", "auth": "open"}, {"path": "/api/echo/v2/x", "auth": "open"}]}"#
            try await stage.register(upstream, "echo-1", routes: routes)
            try await eventually("its routes") { try await stage.status("/api/echo/1") == 200 }
            try stage.rewrite(Self.granting("/api/echo/v2"))
            try await eventually("the end of one") { try await stage.status("/api/echo/1") == 404 }
            #expect(try await stage.status("/api/echo/v2/x") == 200)
            try await stage.second { (second) async throws in
                #expect(try await second.get("/api/echo/v2/x").status == 200)
                #expect(try await second.get("/api/echo/1").status == 404)
            }
            try stage.rewrite(Self.none)
            try await eventually("the end of all") { try await stage.status("/api/echo/v2/x") == 404 }
            try stage.rewrite(Self.granting("/api/echo"))
            try await eventually("their return") { try await stage.status("/api/echo/1") == 200 }
            try await eventually("nothing refused") { try await stage.refused().isEmpty }
            await upstream.stop()
        }
    }

    @Test("a service takes nothing out of what the file has by asking for more of its requests")
    func special() async throws {
        let document = """
            {"services": {"echo": {"grants": ["/api/echo"]}},
             "routes": [{"path": "/api/echo/closed", "service": "echo"},
                        {"path": "/api/echo/post", "methods": ["POST"], "service": "echo"}]}
            """
        try await RegistryStage.run(document) { (stage) async throws in
            let upstream = try await Upstream.start()
            let routes = """
                {"routes": [{"path": "/api/echo/closed", "methods": ["GET"], "auth": "open"},
                            {"path": "/api/echo/closed", "host": "127.0.0.1", "auth": "open"},
                            {"path": "/api/echo/closed", "headers": {"x-a": "*"}, "auth": "open"},
                            {"path": "/api/echo/post", "auth": "open"}]}
                """
            try await stage.register(upstream, "echo-1", routes: routes)
            try await eventually("its route") { try await stage.status("/api/echo/post") == 200 }
            let fields: HTTPFields = ["x-a": "1"]
            #expect(try await stage.gateway.send(.get, "/api/echo/closed", fields: fields).status == 401)
            #expect(try await stage.gateway.post("/api/echo/post", json: "{}").status == 401)
            #expect(try await stage.refused().count == 3)
            await upstream.stop()
        }
    }

    @Test("what a service calls its routes is no other service's name of them")
    func names() async throws {
        let document = #"{"services": {"aaa": {"grants": ["/api/aaa"]}, "bbb": {"grants": ["/api/bbb"]}}}"#
        try await RegistryStage.run(document) { (stage) async throws in
            let upstream = try await Upstream.start()
            let theirs = #"{"routes": [{"path": "/api/bbb/{rest...}", "auth": "open"}]}"#
            try await stage.register(upstream, "bbb-1", of: "bbb", routes: theirs)
            try await eventually("its route") { try await stage.status("/api/bbb/1") == 200 }
            let greedy = #"{"routes": [{"id": "/api/bbb/{rest...}", "path": "/api/aaa/x", "auth": "open"}]}"#
            try await stage.register(upstream, "aaa-1", of: "aaa", routes: greedy)
            try await eventually("the other's route") { try await stage.status("/api/aaa/x") == 200 }
            #expect(try await stage.status("/api/bbb/1") == 200)
            #expect(try await stage.refused().isEmpty)
            await upstream.stop()
        }
    }

    @Test("a service that asks for nothing is asked for nothing, whatever becomes of its grants")
    func withoutDocument() async throws {
        try await RegistryStage.run(Self.granting("/a")) { (stage) async throws in
            let upstream = try await Upstream.start()
            try await stage.register(upstream, "echo-1")
            // Its instances are known when a route to them answers.
            #expect(try await stage.put("known") == 201)
            try await eventually("its instance") { try await stage.status("/known") == 200 }
            for prefix in ["/b", "/c"] {
                let document = #"{"routes": [{"path": "\#(prefix)", "service": "echo", "auth": "open"}], "#
                try stage.rewrite(document + Self.granting(prefix).dropFirst())
                try await eventually("the file") { try await stage.status(prefix) == 200 }
            }
            let refused = try await stage.refused()
            #expect(refused.isEmpty)
            await upstream.stop()
        }
    }

    @Test("a name that is too long is refused, and nothing of it kept")
    func longName() async throws {
        try await RegistryStage.run(Self.none) { (stage) async throws in
            let name = String(repeating: "a", count: 129)
            #expect(try await stage.put(name) == 422)
            #expect(try await stage.client.values(under: DiscoveryKeys.operatorRoutes).value.isEmpty)
            #expect(try await stage.put(String(name.dropLast())) == 201)
        }
    }

    @Test("a document in the store that can't be read can be taken away by its id")
    func unread() async throws {
        try await RegistryStage.run(Self.none) { (stage) async throws in
            _ = try await stage.client.put(DiscoveryKeys.operatorRoutes + "bad", Array("{".utf8))
            try await eventually("its mistake") { try await !stage.refused().isEmpty }
            #expect(try await stage.delete("bad") == 204)
            try await eventually("its end") { try await stage.refused().isEmpty }
            #expect(try await stage.delete("bad") == 404)
        }
    }

    @Test("routes that are changed often leave no clients behind")
    func manyChanges() async throws {
        try await RegistryStage.run(Self.none) { (stage) async throws in
            for number in 1...1_001 {
                let canary = "0.\(10_000 + number)"
                let document = #"{"path": "/a", "service": "echo", "auth": "open", "canary": \#(canary)}"#
                let status = try await stage.gateway.admin(.put, "/admin/routes/a", json: document).status
                try #require(status == (number == 1 ? 201 : 200), "\(number)")
            }
            let upstream = try await Upstream.start()
            try await stage.register(upstream, "echo-1")
            try await eventually("its instance") { try await stage.status("/a") == 200 }
            await upstream.stop()
        }
    }

    @Test("operators see where a route leads, in the file's words")
    func shown() async throws {
        let document = """
            {"routes": [
              {"path": "/old/{id}", "auth": "open", "redirect": {"to": "https://example.com/new/{id}"}},
              {"path": "/a/{x}/{y}", "service": "echo", "rewrite": "/{y}/of/{x}"},
              {"path": "/cut/{rest...}", "service": "echo", "strip": "/cut"}
            ]}
            """
        try await RegistryStage.run(document) { (stage) async throws in
            let list = try await stage.gateway.admin(.get, "/admin/routes").json["routes"]
            let routes: [JSONValue] =
                list.map { if case .array(let routes) = $0 { routes } else { [] } } ?? []
            #expect(routes.contains { $0["redirect"]?["to"]?.string == "https://example.com/new/{id}" })
            #expect(routes.contains { $0["rewrite"]?.string == "/{y}/of/{x}" })
            #expect(routes.contains { $0["strip"]?.string == "/cut" })
        }
    }
}
