import FoundationEssentials
import HTTP
import HTTPWire
import TestSupport
import Testing

@Suite("hostile input: refusals", .timeLimit(.minutes(1))) struct HostileInputTests {
    /// The members of a problem body (RFC 9457) that a refusal has.
    private struct Problem: Decodable {
        let type: String
        let title: String
        let status: Int
        let detail: String
        let reason: String
    }

    static let behind = "GET /behind HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("line ends (H1)", arguments: HostileCase.lineEnds)
    func lineEnds(_ hostile: HostileCase) async throws { try await expectRefusal(of: hostile) }

    @Test("white space and bytes in fields (H2, H3)", arguments: HostileCase.fieldSyntax)
    func fieldSyntax(_ hostile: HostileCase) async throws { try await expectRefusal(of: hostile) }

    @Test("lengths and encodings (H4, H5, H6)", arguments: HostileCase.framing)
    func framing(_ hostile: HostileCase) async throws { try await expectRefusal(of: hostile) }

    @Test("chunks and trailers (H7, H8)", arguments: HostileCase.chunkSyntax)
    func chunkSyntax(_ hostile: HostileCase) async throws { try await expectRefusal(of: hostile) }

    @Test("authorities (H9)", arguments: HostileCase.hosts)
    func hosts(_ hostile: HostileCase) async throws { try await expectRefusal(of: hostile) }

    @Test("request lines (H10, H11, H12, H13, H14, H21)", arguments: HostileCase.startLines)
    func startLines(_ hostile: HostileCase) async throws { try await expectRefusal(of: hostile) }

    @Test("sizes, expectations and upgrades (H15, H17, H18, H19)", arguments: HostileCase.sizesAndOffers)
    func sizesAndOffers(_ hostile: HostileCase) async throws { try await expectRefusal(of: hostile) }

    /// One refusal, said once and counted once; then the connection ends, and what stood behind it was never looked at.
    private func expectRefusal(of hostile: HostileCase) async throws {
        let handled = Events<String>()
        let events = Events<HTTPRefusal>()
        try await TestServer.run { settings in
            settings.report = { if case .refused(let error, _) = $0 { events.note(error.reason) } }
        } handler: { request in
            handled.note(request.head.target)
            _ = try await request.body.collect(upTo: 1 << 20)
            return HTTPResponse(.ok)
        } _: { server in
            let client = try await RawClient.connect(to: server.address)
            try await client.send(hostile.bytes + Array(Self.behind.utf8))
            let answer = try await client.lastResponse()
            #expect(answer.status == hostile.status)
            #expect(answer.closes)
            #expect(answer.values("date").count == 1)
            #expect((answer["allow"] != nil) == (hostile.status == 405))
            #expect(answer["content-type"] == "application/problem+json")
            let problem = try JSONDecoder().decode(Problem.self, from: Data(answer.body))
            #expect(problem.reason == hostile.reason.rawValue)
            #expect(problem.status == hostile.status)
            #expect(problem.type == "about:blank")
            let counters = await server.finalCounters()
            #expect(counters.refusals == [hostile.reason: 1])
            #expect(events.all == [hostile.reason])
            #expect(handled.all == (hostile.isInContent ? ["/hostile"] : []))
            #expect(counters.handlerFailures == 0)
        }
    }
}
