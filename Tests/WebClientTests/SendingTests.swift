import HTTP
import TestSupport
import Testing

@testable import WebClient

@Suite("what is sent", .enabled(if: Program.isWanted("python3"), "needs python3"), .timeLimit(.minutes(1)))
struct SendingTests {
    struct Pieces: AsyncSequence, AsyncIteratorProtocol, Sendable {
        struct Broken: Error {}

        var count: Int
        var breaks = false

        mutating func next() async throws -> [UInt8]? {
            guard count > 0 else {
                if breaks { throw Broken() }
                return nil
            }
            count -= 1
            return [UInt8](repeating: 7, count: 10_000)
        }

        func makeAsyncIterator() -> Self { self }
    }

    @Test("the fields as they are, and nothing that nobody asked for")
    func fields() async throws {
        try await WebPeer.run { peer in
            let client = try WebFixture.client()
            let (_, text) = try await client.fetch(
                "/head",
                from: peer.destination(),
                fields: ["x-a": "b", "x-empty": "", .connection: "x-a", .transferEncoding: "chunked"]
            )
            #expect(text == "GET\nhost: 127.0.0.1:\(peer.port)\nx-a: b\nx-empty: ")
            let (_, post) = try await client.fetch("/head", .post, from: peer.destination())
            #expect(post == "POST\ncontent-length: 0\nhost: 127.0.0.1:\(peer.port)")
            let delete = try await client.fetch("/head", .delete, from: peer.destination())
            #expect(delete.text == "DELETE\nhost: 127.0.0.1:\(peer.port)")
        }
    }

    static let bodies: [(Int, HTTPBody)] = [
        (1, HTTPBody([7])), (70_000, HTTPBody([UInt8](repeating: 7, count: 70_000))),
        (3_000_000, HTTPBody([UInt8](repeating: 7, count: 3_000_000))),
        (0, HTTPBody(Pieces(count: 0))), (3_000_000, HTTPBody(Pieces(count: 300))),
        (3_000_000, HTTPBody(Pieces(count: 300), length: 3_000_000)),
    ]

    @Test("contents of all kinds arrive whole, by TLS too")
    func contents() async throws {
        let certificates = try await Certificates()
        for certificate in [nil, certificates.good] {
            try await WebPeer.run(certificate) { peer in
                let client = try WebFixture.client(trusting: certificates.authority)
                for (count, body) in Self.bodies {
                    let answer = try await client.fetch("/count", .post, from: peer.destination(), body: body)
                    #expect(answer.text == "\(count)")
                }
                let echo = try await client.fetch(
                    "/echo",
                    .put,
                    from: peer.destination(),
                    body: Self.bodies[4].1
                )
                #expect(echo.text.utf8.count == 3_000_000)
            }
        }
    }

    static let broken: [(HTTPBody, WebClientError)] = [
        (HTTPBody(Pieces(count: 2, breaks: true)), .contentFailed("failed: Broken()")),
        (HTTPBody(Pieces(count: 1), length: 10_001), .contentFailed("ended after 10000 of 10001 bytes")),
        (
            HTTPBody(Pieces(count: 2), length: 15_000),
            .contentFailed("gave more than the 15000 bytes that were announced")
        ),
    ]

    @Test("a content that fails or is not as long as announced fails the call", arguments: broken)
    func refusesBroken(_ body: HTTPBody, _ error: WebClientError) async throws {
        try await WebPeer.run { peer in
            let client = try WebFixture.client()
            await #expect(throws: error) {
                try await client.fetch("/count", .post, from: peer.destination(), body: body)
            }
            #expect(await client.settles { $0.callsInProgress == 0 })
        }
    }

    @Test("an answer before the content is sent counts, and the sending ends")
    func early() async throws {
        try await WebPeer.run { peer in
            let client = try WebFixture.client()
            let response = try await client.send(
                HTTPRequest(.post, "/early", body: HTTPBody(Pieces(count: .max))),
                to: peer.destination()
            )
            #expect(response.head.status == .contentTooLarge)
            #expect(await peer.events.next() == "gone", "the content is still being sent")
        }
    }

    @Test("a server that takes no more: the idle time")
    func stuck() async throws {
        try await WebPeer.run { peer in
            let client = try WebFixture.client()
            await #expect(throws: WebClientError.timedOut(.content)) {
                try await client.fetch(
                    "/stuck",
                    .post,
                    from: peer.destination(),
                    body: HTTPBody(Pieces(count: .max)),
                    timeouts: .with { $0.idle = .milliseconds(100) }
                )
            }
        }
    }

    static let refused: [(HTTPMethod, String, HTTPBody)] = [
        (.connect, "/", .empty), (.options, "*", .empty), (.get, "x", .empty), (.head, "/", HTTPBody("x")),
    ]

    @Test("what can't be sent is refused before a connection is made", arguments: refused)
    func refuses(_ method: HTTPMethod, _ target: String, _ body: HTTPBody) async throws {
        let client = try WebFixture.client()
        let error = await #expect(throws: WebClientError.self) {
            try await client.fetch(target, method, from: WebDestination("http://127.0.0.1:1"), body: body)
        }
        let isInvalid = if case .invalidRequest = error { true } else { false }
        #expect(isInvalid, "\(String(describing: error))")
    }
}

@Suite("redirects, proxies, addresses", .enabled(if: Program.isWanted("python3")), .timeLimit(.minutes(1)))
struct RoutingTests {
    @Test("a redirect is an answer, unless following was asked for, within its limit and to HTTP alone")
    func redirects() async throws {
        try await WebPeer.run { peer in
            let destination = try peer.destination()
            let plain = try await WebFixture.client().fetch("/to//head", from: destination)
            #expect(plain.response.head.status == 302 && plain.response.head.fields[.location] == "/head")
            let client = try WebFixture.client { $0.redirectLimit = 3 }
            let followed = try await client.fetch("/to//head", from: destination)
            #expect(followed.response.head.status == .ok && followed.text.hasPrefix("GET\n"))
            #expect(!followed.response.head.fields.contains(.location))
            let posted = try await client.fetch("/to//head", .post, from: destination, body: HTTPBody("x"))
            #expect(posted.response.head.status == 302)
            await #expect(throws: WebClientError.tooManyRedirects(limit: 3)) {
                try await client.fetch("/loop", from: destination)
            }
            await #expect(throws: WebClientError.self) {
                try await client.fetch("/to/file:///etc/passwd", from: destination)
            }
        }
    }

    @Test("a secret stays with the first host")
    func secrets() async throws {
        try await WebPeer.run { first in
            try await WebPeer.run { second in
                let client = try WebFixture.client { $0.redirectLimit = 3 }
                let (_, text) = try await client.fetch(
                    "/to/http://127.0.0.1:\(second.port)/head",
                    from: first.destination(),
                    fields: [.authorization: "Bearer x", "cookie": "a=b", "x-a": "b"]
                )
                #expect(text == "GET\nhost: 127.0.0.1:\(second.port)\nx-a: b")
            }
        }
    }

    @Test("through a proxy: CONNECT for https, verified end to end; a refusal is told")
    func proxy() async throws {
        let certificates = try await Certificates()
        try await WebPeer.run(certificates.good) { server in
            try await WebPeer.run { proxy in
                let client = try WebFixture.client(trusting: certificates.authority) {
                    $0.proxy = .url("http://user:secret@127.0.0.1:\(proxy.port)", except: ["localhost"])
                }
                let text = try await client.fetch("/head", from: server.destination()).text
                #expect(!text.contains("proxy-authorization"))
                #expect(await proxy.events.next() == "connect 127.0.0.1:\(server.port)")
                await #expect(throws: WebClientError.proxyFailed("answered 403 to CONNECT")) {
                    try await client.fetch(from: WebDestination("https://127.0.0.1:1"))
                }
                let direct = try WebDestination(host: "localhost", port: server.port)
                #expect(try await client.fetch(from: direct).response.head.status == .ok)
                let plain = try WebDestination("http://127.0.0.1:1")
                #expect(try await client.fetch(from: plain).response.head.status == .ok)
                #expect(await proxy.events.wait(for: "forward http://127.0.0.1:1/"))
            }
        }
    }

    @Test("private addresses alone: loopback is called, what is public is not, by IPv4 or IPv6, and no proxy")
    func inside() async throws {
        try await WebPeer.run { peer in
            let client = try WebFixture.client { $0.addresses = .privateOnly }
            let near = try WebDestination(.http, host: "localhost", port: peer.port)
            _ = try await client.fetch(from: near)
            for host in ["93.184.215.14", "[::ffff:93.184.215.14]"] {
                let far = try WebDestination(.http, host: host, port: peer.port)
                await #expect(throws: WebClientError.addressRefused(far), "\(host)") {
                    try await client.fetch(from: far)
                }
            }
        }
        #expect(throws: WebClientError.self) {
            try WebFixture.client {
                $0.addresses = .privateOnly
                $0.proxy = .url("http://proxy")
            }
        }
    }

    @Test("public addresses alone: no loopback, by name, number or another spelling, and no proxy")
    func addresses() async throws {
        try await WebPeer.run { peer in
            let client = try WebFixture.client { $0.addresses = .publicOnly }
            for host in [
                "127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0",
            ] {
                let destination = try WebDestination(.http, host: host, port: peer.port)
                await #expect(throws: WebClientError.addressRefused(destination), "\(host)") {
                    try await client.fetch(from: destination)
                }
            }
        }
        #expect(throws: WebClientError.self) {
            try WebFixture.client {
                $0.addresses = .publicOnly
                $0.proxy = .url("http://proxy")
            }
        }
    }
}
