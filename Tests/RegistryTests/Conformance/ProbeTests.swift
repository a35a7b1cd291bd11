import HTTP
import JSON
import Reactor
import TestSupport
import Testing

@Suite("conformance 25-28: checks that are run") struct ProbeTests {
    /// A server that answers each path as it says, on a port of its own.
    private func withServer(
        answering handler: @escaping HTTPHandler,
        _ body: (UInt16) async throws -> Void
    ) async throws {
        let server = try await HTTPServer.start(
            at: .loopback(port: 0),
            on: try TestLoops.two,
            handler: handler
        )
        do {
            try await body(server.address.port ?? 0)
        } catch {
            _ = await server.drain()
            throw error
        }
        _ = await server.drain()
    }

    static let meanings: [(path: String, status: String)] = [
        ("200", "passing"), ("204", "passing"), ("moved", "passing"), ("429", "warning"), ("404", "critical"),
        ("500", "critical"), ("stall", "critical"),
    ]

    @Test("25: what answers mean; 28: what connections mean") func meanings() async throws {
        let stalled = Latch()
        let answer: HTTPHandler = { request in
            switch request.head.path {
            case "/moved": return HTTPResponse(301, fields: ["location": "/200"])
            case "/stall":
                await stalled.wait()
                return HTTPResponse(.ok)
            case let path: return HTTPResponse(HTTPStatus(code: Int(path.dropFirst()) ?? 500) ?? 500)
            }
        }
        try await withServer(answering: answer) { port in
            defer { stalled.open() }
            let closed = try LoopbackPort.free(1)[0]
            try await RegistryFixture.run { (registry) async throws in
                for (path, status) in Self.meanings {
                    // What they should become is not what they begin as.
                    let first = status == "passing" ? "critical" : "passing"
                    try await registry.register(
                        #""Name":"\#(path)","Check":{"HTTP":"http://127.0.0.1:\#(port)/\#(path)","Interval":"1s","Timeout":"500ms","Status":"\#(first)"}"#
                    )
                }
                try await registry.register(
                    #""Name":"refused","Check":{"HTTP":"http://127.0.0.1:\#(closed)/","Interval":"1s","Status":"passing"}"#
                )
                try await registry.register(
                    #""Name":"open","Check":{"TCP":"127.0.0.1:\#(port)","Interval":"1s"}"#
                )
                try await registry.register(
                    #""Name":"closed","Check":{"TCP":"127.0.0.1:\#(closed)","Interval":"1s","Status":"passing"}"#
                )
                let others = [("refused", "critical"), ("open", "passing"), ("closed", "critical")]
                for (name, status) in Self.meanings + others {
                    let answer = try await registry.get("/v1/health/checks/\(name)") { answer in
                        try answer.list.first?["Status"]?.string == status
                    }
                    #expect(try answer.list.first?["Status"]?.string == status, "\(name)")
                }
            }
        }
    }

    @Test("26: runs are a second apart, whatever the interval") func pace() async throws {
        let hits = Shared<[MonotonicInstant]>([])
        let third = Latch()
        let answer: HTTPHandler = { _ in
            let count = hits.withLock { hits in
                hits.append(.now)
                return hits.count
            }
            if count == 3 { third.open() }
            return HTTPResponse(.ok)
        }
        try await withServer(answering: answer) { port in
            try await RegistryFixture.run { (registry) async throws in
                try await registry.register(
                    #""Name":"web","Check":{"HTTP":"http://127.0.0.1:\#(port)/","Interval":"100ms"}"#
                )
                await third.wait()
            }
        }
        let times = hits.withLock { $0 }
        // A run is timed from the end of the one before; the loop's clock may be a turn behind.
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= .milliseconds(900) })
    }

    @Test("29: the third failure in a row, the second success in a row", .timeLimit(.minutes(1)))
    func thresholds()
        async throws
    {
        // Two failures and a success change nothing; then three failures, then two successes do.
        let script: [Bool] = [false, false, true, false, false, false, true, true]
        let runs = Shared(0)
        let answer: HTTPHandler = { _ in
            let place = runs.withLock { runs in
                defer { runs += 1 }
                return runs
            }
            return HTTPResponse(place < script.count && !script[place] ? 500 : .ok)
        }
        try await withServer(answering: answer) { port in
            try await RegistryFixture.run { (registry) async throws in
                try await registry.register(
                    #""Name":"web","Check":{"HTTP":"http://127.0.0.1:\#(port)/","Interval":"1s","Status":"passing","FailuresBeforeCritical":3,"SuccessBeforePassing":2}"#
                )
                for (status, least) in [("critical", 6), ("passing", 8)] {
                    _ = try await registry.get("/v1/health/checks/web") { answer in
                        try answer.list.first?["Status"]?.string == status
                    }
                    #expect(runs.withLock { $0 } >= least, "\(status)")
                }
            }
        }
    }

    @Test("26, 27: the request has what the check says, and its output is bounded") func request()
        async throws
    {
        let seen = Shared<HTTPRequestHead?>(nil)
        let content = Shared<[UInt8]>([])
        let answer: HTTPHandler = { request in
            let bytes = try await request.body.collect(upTo: 100)
            content.withLock { $0 = bytes }
            seen.withLock { $0 = request.head }
            return HTTPResponse(.ok, body: HTTPBody([UInt8](repeating: 97, count: 9_999) + [98]))
        }
        try await withServer(answering: answer) { port in
            try await RegistryFixture.run { (registry) async throws in
                try await registry.register(
                    #""Name":"web","Check":{"HTTP":"http://[127.0.0.1]:\#(port)/p?q=1","Interval":"100ms","Method":"POST","Body":"hi","Header":{"X-A":["1","2"]}}"#
                )
                let answer = try await registry.get("/v1/health/checks/web") { answer in
                    try answer.list.first?["Status"]?.string == "passing"
                }
                let output = try #require(try answer.list.first?["Output"]?.string)
                let prefix = "HTTP POST http://[127.0.0.1]:\(port)/p?q=1: 200 OK Output: "
                #expect(output.hasPrefix(prefix) && output.hasSuffix("b"))
                #expect(output.utf8.count == prefix.utf8.count + 4096)
            }
        }
        let head = try #require(seen.withLock { $0 })
        #expect(head.method == .post && head.target == "/p?q=1")
        #expect(head.fields["user-agent"] == "Consul Health Check")
        #expect(head.fields.values(of: "x-a").map { String(decoding: $0, as: UTF8.self) } == ["1", "2"])
        #expect(content.withLock { $0 } == Array("hi".utf8))
    }
}
