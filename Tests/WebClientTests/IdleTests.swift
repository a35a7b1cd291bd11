import HTTP
import Reactor
import TestSupport
import Testing

@testable import WebClient

/// libcurl is told of what is ready again and again: what nobody can go on with must not be asked for.
@Suite(
    "a loop whose transfers wait",
    .enabled(if: Program.isWanted("nginx", "openssl", "python3")),
    .timeLimit(.minutes(1))
)
struct IdleTests {
    /// How often the loop wakes while a client on another one makes some calls.
    private func turns(
        of group: EventLoopGroup,
        during destination: WebDestination,
        _ authority: String
    )
        async throws -> UInt64
    {
        let other = try WebFixture.client(trusting: authority)
        let before = group.loops[0].statistics.snapshot().turns
        for _ in 0..<100 { try await other.fetch(from: destination) }
        return group.loops[0].statistics.snapshot().turns - before
    }

    @Test("for the answer's reader", arguments: NginxTests.Version.allCases)
    func reader(_ version: NginxTests.Version) async throws {
        let certificates = try await Certificates()
        let group = try EventLoopGroup(count: 1)
        try await Nginx.run(certificates) { nginx in
            let client = try WebFixture.client(on: group, trusting: certificates.authority)
            let response = try await client.send(HTTPRequest(.get, "/large"), to: version.destination(nginx))
            #expect(await client.settles { $0.pauses > 0 })
            let turns = try await turns(of: group, during: nginx.http1, certificates.authority)
            #expect(turns < 50, "\(turns)")
            #expect(response.body.length == Nginx.largeSize)
            await client.close()
        }
    }

    @Test("for the server to take more, and for the next piece")
    func server() async throws {
        let certificates = try await Certificates()
        let group = try EventLoopGroup(count: 1)
        try await Nginx.run(certificates) { nginx in
            try await WebPeer.run(certificates.good) { peer in
                let client = try WebFixture.client(on: group, trusting: certificates.authority)
                let (pieces, feed) = AsyncStream.makeStream(of: [UInt8].self)
                feed.yield([UInt8](repeating: 7, count: 1000))
                for (path, body) in [
                    ("/stuck", HTTPBody(SendingTests.Pieces(count: .max))), ("/count", HTTPBody(pieces)),
                ] {
                    let call = Task {
                        try await client.fetch(path, .post, from: peer.destination(), body: body)
                    }
                    #expect(await client.settles { $0.callsInProgress == 1 })
                    if path == "/stuck" { #expect(await peer.events.next() == "stuck") }
                    // Until all that the kernel takes has been sent.
                    _ = try await turns(of: group, during: nginx.http1, certificates.authority)
                    let turns = try await turns(of: group, during: nginx.http1, certificates.authority)
                    #expect(turns < 50, "\(path): \(turns)")
                    call.cancel()
                    await #expect(throws: WebClientError.cancelled) { try await call.value }
                }
                feed.finish()
            }
        }
    }
}
