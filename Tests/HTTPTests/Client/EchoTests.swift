import Reactor
import TestSupport
import Testing

@testable import HTTP
@testable import Hello

@Suite("this client and this server", .timeLimit(.minutes(1))) struct EchoTests {
    /// Pieces of random sizes that sum up to `size`.
    private struct Pieces: AsyncSequence, AsyncIteratorProtocol, Sendable {
        var random: SplitMix
        var rest: Int

        mutating func next() async throws -> [UInt8]? {
            guard rest > 0 else { return nil }
            let count = Swift.min(
                rest,
                random.below(8) == 0 ? random.below(200_000) : random.below(3_000) + 1
            )
            rest -= count
            return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }

        func makeAsyncIterator() -> Pieces { self }

        func all() async throws -> [UInt8] { try await reduce(into: []) { $0 += $1 } }
    }

    /// How a content goes out.
    enum Form: CaseIterable { case chunks, length, bytes }

    @Test("10 MiB come back as they went, read while they are sent", arguments: Form.allCases)
    func echo(_ form: Form) async throws {
        let size = 10 << 20
        let pieces = Pieces(random: SplitMix(seed: 1), rest: size)
        let whole = try await pieces.all()
        let body =
            switch form {
            case .chunks: HTTPBody(pieces)
            case .length: HTTPBody(pieces, length: size)
            case .bytes: HTTPBody(whole)
            }
        try await TestServer.run { settings in
            settings.contentByteCount = 1 << 25
        } handler: { request in
            try await Hello.answer(request)
        } _: { server in
            let client = try ClientFixture.client()
            let request = HTTPRequest(.post, "/echo", body: body)
            let response = try await client.send(request, to: HTTPDestination(server.address))
            let echoed = try await response.body.collect(upTo: size)
            #expect(echoed == whole)
            await client.close()
        }
    }

    @Test("many calls at once, each with its own answer")
    func many() async throws {
        try await TestServer.run { _ in
        } handler: { request in
            try await Hello.answer(request)
        } _: { server in
            let client = try ClientFixture.client { $0.connectionsPerLoop = 8 }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        let content = [UInt8](
                            repeating: UInt8(truncatingIfNeeded: number),
                            count: number * 37
                        )
                        let request = HTTPRequest(.post, "/echo", body: HTTPBody(content))
                        let response = try await client.send(request, to: HTTPDestination(server.address))
                        let echoed = try await response.body.collect(upTo: 1 << 20)
                        #expect(echoed == content)
                    }
                }
                try await group.waitForAll()
            }
            let counters = await client.counters
            #expect(counters.connectionsOpened <= 8 + counters.staleRetries)
            await client.close()
        }
    }

    @Test("a call from a task on a loop stays on that loop; one from elsewhere works")
    func placement() async throws {
        let loops = try ClientFixture.loops
        try await TestServer.run { _ in
        } handler: { request in
            try await Hello.answer(request)
        } _: { server in
            var settings = HTTPClientSettings()
            settings.timeouts = .patient
            let client = HTTPClient(on: loops, settings: settings)
            let destination = HTTPDestination(server.address)
            for loop in loops.loops {
                try await Task(executorPreference: loop) {
                    for _ in 0..<20 {
                        let response = try await client.send(HTTPRequest(.get, "/1k"), to: destination)
                        #expect(EventLoop.current === loop)
                        let content = try await response.body.collect(upTo: 1024)
                        #expect(content.count == 1024)
                        #expect(EventLoop.current === loop)
                    }
                }.value
            }
            #expect(await client.counters.connectionsOpened == 2, "one for each loop")
            for _ in 0..<20 {
                let response = try await client.send(HTTPRequest(.get, "/1k"), to: destination)
                #expect(try await response.body.collect(upTo: 1024).count == 1024)
            }
            await client.close()
        }
    }
}
