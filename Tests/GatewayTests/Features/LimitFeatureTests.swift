import HTTP
import Reactor
import TestSupport
import Testing
import VigieTesting

@Suite("G9 G10 G11 G17: how often, how many at once", .timeLimit(.minutes(2))) struct LimitFeatureTests {
    private static let document = """
        {"rates": {"few": {"rate": "1/h", "burst": 3}, "mine": {"rate": "1/h", "burst": 2, "per": "subject"}},
         "routes": [
          {"path": "/few", "service": "echo", "auth": "open", "rates": ["few"]},
          {"path": "/mine", "service": "echo", "rates": ["mine"]},
          {"path": "/one", "service": "echo", "auth": "open", "inFlight": 1},
          {"path": "/own", "service": "echo", "inFlightPerCaller": 1}
        ]}
        """

    @Test("G9, G10: behind its burst a client gets 429, told when to come back")
    func byClient() async throws {
        try await GatewayStage.run(Self.document) { stage in
            for left in [2, 1, 0] {
                let answer = try await stage.gateway.get("/few")
                #expect(answer.status == 200)
                // No more is told than the policy gives in its window.
                #expect(answer.fields["ratelimit"]?.hasPrefix("\"few\";r=\(min(left, 1));t=") == true)
                #expect(answer.fields["ratelimit-policy"] == "\"few\";q=1;w=3600")
            }
            let refused = try await stage.gateway.get("/few")
            #expect(refused.status == 429 && refused.reason == "rate_limited", "\(refused.text)")
            let wait = refused.fields[.retryAfter].flatMap { Int($0) } ?? 0
            #expect((3_500...3_600).contains(wait))
            #expect(refused.fields["ratelimit"] == "\"few\";r=0;t=\(wait)")
            #expect(stage.requests.count == 3)
            #expect(stage.gateway.metric("gateway_rate_limited_total", ["zone": "few"]) == 1)
            // Each gateway has its own buckets: without a registry nobody divides them.
            #expect(try await stage.gateways[1].get("/few").status == 200)
        }
    }

    @Test("G9: what is refused for another cause takes nothing of a rate")
    func givenBack() async throws {
        let document = """
            {"rates": {"two": {"rate": "1/h", "burst": 2}},
             "routes": [{"path": "/one", "service": "echo", "auth": "open", "rates": ["two"], "inFlight": 1}]}
            """
        try await GatewayStage.run(document) { (stage) async throws in
            let (arrived, goOn) = (Events<Void>(), Latch())
            stage.allAnswer { _ in
                arrived.note(())
                await goOn.wait()
                return HTTPResponse(.ok)
            }
            let gateway = stage.gateway
            async let first = gateway.get("/one")
            await arrived.next()
            for _ in 0..<3 { #expect(try await gateway.get("/one").reason == "overloaded") }
            goOn.open()
            #expect(try await first.status == 200)
            #expect(try await gateway.get("/one").status == 200)
            #expect(try await gateway.get("/one").status == 429)
        }
    }

    @Test("G9: a file that is refused changes no bucket")
    func refusedFile() async throws {
        let document = { @Sendable (rate: String, routes: String) in
            """
            {"rates": {"few": {"rate": "\(rate)", "burst": 1}},
             "routes": [{"path": "/few", "service": "echo", "auth": "open", "rates": ["few"]}\(routes)]}
            """
        }
        try await GatewayStage.run(document("1/h", "")) { stage in
            #expect(try await stage.gateway.get("/few").status == 200)
            #expect(try await stage.gateway.get("/few").status == 429)
            let overlapping =
                #", {"path": "/a/{x}", "service": "echo"}, {"path": "/a/{y}", "service": "echo"}"#
            try stage.rewrite(document("2/h", overlapping))
            try await eventually("the refusal") {
                try await stage.gateway.admin(.get, "/admin/routes").text.contains(
                    "its requests are those of"
                )
            }
            let limited = stage.gateway.metric("gateway_rate_limited_total", ["zone": "few"]) ?? 0
            #expect(try await stage.gateway.get("/few").status == 429)
            #expect(stage.gateway.metric("gateway_rate_limited_total", ["zone": "few"]) == limited + 1)
            try stage.rewrite(document("1/h", #", {"path": "/new", "service": "echo", "auth": "open"}"#))
            try await eventually("the next file") { try await stage.gateway.get("/new").status == 200 }
            #expect(try await stage.gateway.get("/few").status == 429)
        }
    }

    @Test("G9: each subject has a bucket")
    func bySubject() async throws {
        try await GatewayStage.run(Self.document) { stage in
            for subject in ["anna", "ben"] {
                for status in [200, 200, 429] {
                    let answer = try await stage.gateway.get("/mine", as: subject)
                    #expect(answer.status == status, "\(subject)")
                }
            }
        }
    }

    @Test("G11, G17: a full route is our overload (503), a caller's full share is the caller's own (429)")
    func inFlight() async throws {
        try await GatewayStage.run(Self.document) { stage in
            let (arrived, goOn) = (Events<String>(), Latch())
            stage.allAnswer { request in
                arrived.note(request.head.path)
                await goOn.wait()
                return HTTPResponse(.ok)
            }
            let gateway = stage.gateway
            async let one = gateway.get("/one")
            #expect(await arrived.next() == "/one")
            let overloaded = try await gateway.get("/one")
            #expect(overloaded.status == 503 && overloaded.reason == "overloaded")
            #expect(overloaded.fields[.retryAfter] == "1" && !overloaded.fields.contains("ratelimit"))
            async let own = gateway.get("/own", as: "anna")
            #expect(await arrived.next() == "/own")
            let refused = try await gateway.get("/own", as: "anna")
            #expect(refused.status == 429 && refused.reason == "in_flight_limit")
            async let other = gateway.get("/own", as: "ben")
            #expect(await arrived.next() == "/own")
            goOn.open()
            let statuses = [try await one.status, try await own.status, try await other.status]
            #expect(statuses == [200, 200, 200])
            // The places came back.
            #expect(try await gateway.get("/one").status == 200)
            #expect(try await gateway.get("/own", as: "anna").status == 200)
        }
    }
}
