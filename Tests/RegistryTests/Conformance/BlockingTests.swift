import JSON
import Reactor
import Testing

@Suite("conformance 48-56: blocking queries") struct BlockingTests {
    @Test("48: index 0 never blocks; bad numbers are named") func parameters() async throws {
        try await RegistryFixture.run { (registry) async throws in
            #expect(try await registry.get("/v1/catalog/services?index=0&wait=60s").status == 200)
            for text in ["abc", "-1", "1.5", "99999999999999999999"] {
                let answer = try await registry.get("/v1/catalog/services?index=\(text)")
                #expect(answer.status == 400 && answer.text == "Invalid index")
            }
            for text in ["5", "x", "5x"] {
                let answer = try await registry.get("/v1/catalog/services?wait=\(text)")
                #expect(answer.status == 400 && answer.text == "Invalid wait time")
            }
        }
    }

    @Test("49: without a change the wait passes, and index and body are the same") func unchanged()
        async throws
    {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web""#)
            let before = try await registry.get("/v1/health/service/web")
            let start = MonotonicInstant.now
            let after = try await registry.get("/v1/health/service/web?index=\(before.index)&wait=200ms")
            #expect(MonotonicInstant.now - start >= .milliseconds(200))
            #expect(after.index == before.index && after.bytes == before.bytes)
        }
    }

    /// Blocks on a path, makes a change, and returns the answer that it wakes.
    private func wake(
        _ path: String,
        _ registry: RegistryClient,
        _ change: () async throws -> Void
    ) async throws -> (before: Answer, after: Answer) {
        let before = try await registry.get(path)
        let separator = path.contains("?") ? "&" : "?"
        async let blocked = registry.get("\(path)\(separator)index=\(before.index)&wait=60s")
        try await registry.untilWaiting(1)
        try await change()
        return (before, try await blocked)
    }

    static let changes: [String] = [
        "/v1/agent/check/pass/service:web", "/v1/agent/service/deregister/web",
        "/v1/agent/maintenance?enable=true",
        "/v1/agent/service/maintenance/web?enable=true",
    ]

    @Test("50: health/service wakes for what concerns it", arguments: changes) func wakes(
        change: String
    ) async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web","Check":{"TTL":"60s"}"#)
            let (before, after) = try await wake("/v1/health/service/web", registry) {
                try await registry.put(change)
            }
            #expect(after.index > before.index && after.bytes != before.bytes)
            try await registry.put("/v1/agent/maintenance?enable=false")
        }
    }

    @Test(
        "50: health/service wakes for a new instance and a changed one",
        arguments: [#""ID":"w2","Name":"web""#, #""Name":"web","Port":9"#]
    )
    func wakesForInstances(registration: String) async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web""#)
            let (before, after) = try await wake("/v1/health/service/web", registry) {
                try await registry.register(registration)
            }
            #expect(after.index > before.index && after.bytes != before.bytes)
        }
    }

    @Test("51: it sleeps through what doesn't") func sleeps() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web","Check":{"TTL":"60s","Status":"passing"}"#)
            try await registry.register(#""Name":"api","Check":{"TTL":"60s"}"#)
            try await registry.put("/v1/agent/check/pass/service:web?note=same")
            let (before, after) = try await wake("/v1/health/service/web", registry) {
                try await registry.put("/v1/agent/check/pass/service:api")
                try await registry.put("/v1/kv/a", "x")
                try await registry.put("/v1/agent/check/pass/service:web?note=same")
                try await registry.put("/v1/agent/check/pass/service:web?note=other")
                // All of these are done, and it waits on.
                try await registry.untilWaiting(1)
                try await registry.put("/v1/agent/check/fail/service:web")
            }
            #expect(after.index > before.index)
            #expect(try after.list.first?["Checks"]?[1]?["Status"]?.string == "critical")
        }
    }

    @Test("52: catalog/services sleeps through a status, and wakes for tags") func services() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web","Check":{"TTL":"60s"}"#)
            let (_, after) = try await wake("/v1/catalog/services", registry) {
                try await registry.put("/v1/agent/check/pass/service:web")
                try await registry.untilWaiting(1)
                try await registry.register(#""Name":"web","Tags":["a"]"#)
            }
            #expect(try after.json["web"] == ["a"])
            let (_, gone) = try await wake("/v1/catalog/services", registry) {
                try await registry.put("/v1/agent/service/deregister/web")
            }
            #expect(try gone.json.keys == ["consul"])
        }
    }

    @Test("53: health/state wakes for any status") func state() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web","Check":{"TTL":"60s"}"#)
            let before = try await registry.get("/v1/health/state/any")
            async let blocked = registry.get("/v1/health/state/any?index=\(before.index)")
            try await registry.untilWaiting(1)
            try await registry.put("/v1/agent/check/pass/service:web")
            #expect(try await blocked.index > before.index)
        }
    }

    @Test("54: a service that is not there is waited for, without spinning") func absent() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let (_, after) = try await wake("/v1/health/service/none", registry) {
                try await registry.register(#""Name":"other""#)
                try await registry.untilWaiting(1)
                try await registry.register(#""Name":"none""#)
            }
            #expect(try after.list.count == 1)
            let start = MonotonicInstant.now
            var index: UInt64 = 1
            for _ in 0..<10 {
                index = try await registry.get("/v1/health/service/nope?index=\(index)&wait=50ms").index
            }
            #expect(MonotonicInstant.now - start >= .milliseconds(450))
        }
    }

    @Test("the last instance's going wakes, and shows to who comes later") func extinction() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web""#)
            let before = try await registry.get("/v1/health/service/web")
            try await registry.put("/v1/agent/service/deregister/web")
            let after = try await registry.get("/v1/health/service/web?index=\(before.index)&wait=60s")
            #expect(try after.list.isEmpty && after.index > before.index)
        }
    }

    @Test(
        "55: an index of the future waits, and gets the present one",
        .enabled(if: RegistryFixture.isEmbedded)
    )
    func future() async throws {
        try await RegistryFixture.run { (registry) async throws in
            let start = MonotonicInstant.now
            let answer = try await registry.get("/v1/catalog/services?index=1000000&wait=100ms")
            #expect(answer.index < 1_000_000 && MonotonicInstant.now - start >= .milliseconds(100))
        }
    }

    @Test(
        "56: a thousand wait; one change wakes all that it concerns",
        .enabled(if: RegistryFixture.isEmbedded)
    )
    func thousand() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await registry.register(#""Name":"web","Check":{"TTL":"60s"}"#)
            try await registry.register(#""Name":"api""#)
            let web = try await registry.get("/v1/health/service/web").index
            let api = try await registry.get("/v1/health/service/api").index
            try await withThrowingTaskGroup(of: UInt64.self) { tasks in
                for number in 0..<1000 {
                    let path = number < 900 ? "web?index=\(web)" : "api?index=\(api)"
                    tasks.addTask { try await registry.get("/v1/health/service/\(path)&wait=120s").index }
                }
                try await registry.untilWaiting(1000)
                try await registry.put("/v1/agent/check/pass/service:web")
                for _ in 0..<900 { #expect(try await tasks.next() ?? 0 > web) }
                try await registry.untilWaiting(100)
                // Those that are left go when their clients do.
                tasks.cancelAll()
                while let result = await tasks.nextResult() { _ = result }
            }
            try await registry.untilWaiting(0)
        }
    }
}
