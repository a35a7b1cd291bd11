import HTTP
import HTTPWire
import TestSupport
import Testing

@Suite("answers that come piece by piece", .timeLimit(.minutes(1))) struct StreamTests {
    @Test("in 1.1 they are chunked, with trailers, and the connection goes on")
    func chunked() async throws {
        try await TestServer.run { _ in
            let trailers: @Sendable () async -> HTTPFields = { ["x-sum": "15"] }
            return HTTPResponse(.ok, body: HTTPBody(Pieces(count: 3, of: 5), trailers: trailers))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            for _ in 0..<2 {
                let response = try await client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(response["transfer-encoding"] == "chunked")
                #expect(response.body == Pieces.bytes(0..<15))
                #expect(response.trailers.map(\.name) == ["x-sum"])
            }
        }
    }

    @Test("in 1.0 they last until the end of the connection", arguments: ["X: y", "Connection: keep-alive"])
    func untilClose(field: String) async throws {
        try await TestServer.run { _ in
            HTTPResponse(.ok, body: HTTPBody(Pieces(count: 3, of: 5)))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let response = try await client.exchange("GET / HTTP/1.0\r\nHost: a\r\n\(field)\r\n\r\n")
            #expect(response["transfer-encoding"] == nil)
            #expect(response["content-length"] == nil)
            #expect(response.closes)
            #expect(response.body == Pieces.bytes(0..<15))
        }
    }

    @Test("HEAD in 1.0 needs no end of the connection to end its answer")
    func headUntilClose() async throws {
        try await TestServer.run { _ in
            HTTPResponse(.ok, body: HTTPBody(Pieces(count: 3, of: 5)))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let request = "HEAD / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"
            let response = try await client.exchange(request, isHead: true)
            #expect(response["content-length"] == nil)
            #expect(response["connection"] == "keep-alive")
            #expect(try await client.exchange(request, isHead: true).status == 200)
        }
    }

    @Test("each piece is on its way before the next is asked for")
    func oneByOne() async throws {
        let mayGoOn = Events<Void>()
        try await TestServer.run { _ in
            let pieces = Pieces(count: 3, of: 5) { number in if number > 0 { _ = await mayGoOn.next() } }
            return HTTPResponse(.ok, body: HTTPBody(pieces, length: 15))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n")
            var whole: [UInt8] = []
            while whole.suffix(5) != Pieces.bytes(0..<5) { whole += try await client.bytes(1) }
            mayGoOn.note(())
            #expect(try await client.bytes(5) == Pieces.bytes(5..<10))
            mayGoOn.note(())
            #expect(try await client.rest().bytes == Pieces.bytes(10..<15))
        }
    }

    @Test("the head is on its way before the first piece is there", arguments: ["1.0", "1.1"])
    func headFirst(version: String) async throws {
        let mayBegin = Latch()
        try await TestServer.run { _ in
            HTTPResponse(.ok, body: HTTPBody(Pieces(count: 1, of: 5) { _ in await mayBegin.wait() }))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send("GET / HTTP/\(version)\r\nHost: a\r\nConnection: close\r\n\r\n")
            var head: [UInt8] = []
            while head.suffix(4) != Array("\r\n\r\n".utf8) { head += try await client.bytes(1) }
            mayBegin.open()
            #expect(try await client.rest().bytes.count >= 5)
        }
    }

    enum Fault: CaseIterable { case short, long, fails, failsChunked, failsUntilClose, failsAtOnce }

    @Test("one that can't be sent to its end is cut by a reset, never a clean end", arguments: Fault.allCases)
    func cut(_ fault: Fault) async throws {
        let reports = Events<String>()
        try await TestServer.run { settings in
            settings.report = { if case .contentFailed(let text) = $0 { reports.note(text) } }
        } handler: { _ in
            let pieces = Pieces(
                count: fault == .failsAtOnce ? 0 : 4,
                of: 5,
                fails: fault != .short && fault != .long
            )
            let length: Int? =
                switch fault {
                case .short: 21
                case .long: 19
                case .fails: 100
                default: nil
                }
            return HTTPResponse(.ok, body: HTTPBody(pieces, length: length))
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            let version = fault == .failsUntilClose ? "1.0" : "1.1"
            try await client.send("GET / HTTP/\(version)\r\nHost: a\r\n\r\n" + HostileInputTests.behind)
            let (bytes, ending) = try await client.rest()
            #expect(ending == .reset)
            #expect(!String(decoding: bytes, as: UTF8.self).contains("\r\n0\r\n"))
            let counters = await server.finalCounters()
            #expect(reports.all.count == 1)
            #expect(counters.requests == 1)
            #expect(counters.clientDisconnected == 0)
        }
    }

    @Test("ten mebibytes reach a slow reader as they were", arguments: [false, true])
    func slowReader(streams: Bool) async throws {
        let size = 10 << 20
        try await TestServer.run { _ in
            let pieces = Pieces(count: size / 40_960, of: 40_960)
            return HTTPResponse(.ok, body: streams ? HTTPBody(pieces) : HTTPBody(Pieces.bytes(0..<size)))
        } _: { server in
            let client = try await RawClient.connect(to: server.address, receiveBuffer: 1 << 12)
            #expect(
                try await client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").body == Pieces.bytes(0..<size)
            )
            #expect(
                try await client.exchange("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", isHead: true).status == 200
            )
        }
    }
}
