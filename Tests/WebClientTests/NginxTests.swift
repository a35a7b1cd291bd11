import Foundation
import HTTP
import Reactor
import TestSupport
import Testing

@testable import WebClient

@Suite(
    "calls to nginx",
    .enabled(if: Program.isWanted("nginx", "openssl"), "needs nginx and openssl"),
    .timeLimit(.minutes(1))
)
struct NginxTests {
    /// Which of nginx's servers.
    enum Version: CaseIterable {
        case http1, http2

        func destination(_ nginx: Nginx) throws -> WebDestination {
            try self == .http2 ? nginx.http2 : nginx.http1
        }
    }

    @Test(
        "HTTP/2 where both offer it, HTTP/1.1 else; connections are used again",
        arguments: Version.allCases
    )
    func reuse(_ version: Version) async throws {
        let certificates = try await Certificates()
        try await Nginx.run(certificates) { nginx in
            let client = try WebFixture.client(trusting: certificates.authority)
            var connections: Set<Substring> = []
            for _ in 0..<20 {
                let (response, text) = try await client.fetch(from: version.destination(nginx))
                #expect(response.head.status == .ok)
                let parts = text.split(separator: " ")
                #expect(parts[0] == (version == .http2 ? "HTTP/2.0" : "HTTP/1.1"))
                connections.insert(parts[1])
            }
            #expect(connections.count == 1)
            let counters = await client.counters
            #expect(counters.connectionsOpened == 1 && counters.calls == 20 && counters.callsInProgress == 0)
            #expect(counters.answersByHTTP2 == (version == .http2 ? 20 : 0))
            let plain = try WebFixture.client(trusting: certificates.authority) { $0.offersHTTP2 = false }
            #expect(try await plain.fetch(from: version.destination(nginx)).text.hasPrefix("HTTP/1.1"))
        }
    }

    @Test("a thousand calls at once on two loops stay within the limits", arguments: Version.allCases)
    func parallel(_ version: Version) async throws {
        let certificates = try await Certificates()
        try await Nginx.run(certificates) { nginx in
            let client = try WebFixture.client(on: WebFixture.loops, trusting: certificates.authority) {
                $0.connectionsPerHost = 16
            }
            let destination = try version.destination(nginx)
            let connections = try await withThrowingTaskGroup(of: Substring.self) { group in
                for _ in 0..<1_000 {
                    group.addTask {
                        let (response, text) = try await client.fetch(from: destination)
                        #expect(response.head.status == .ok)
                        return text.split(separator: " ")[1]
                    }
                }
                return try await group.reduce(into: Set<Substring>()) { $0.insert($1) }
            }
            #expect(connections.count <= 32)
            let counters = await client.counters
            #expect(counters.calls == 1_000 && counters.failures == 0 && counters.callsInProgress == 0)
        }
    }

    @Test("100 MiB arrive whole, and a reader that waits holds the server back", arguments: Version.allCases)
    func large(_ version: Version) async throws {
        let certificates = try await Certificates()
        try await Nginx.run(certificates) { nginx in
            let client = try WebFixture.client(trusting: certificates.authority)
            let destination = try version.destination(nginx)
            let response = try await client.send(HTTPRequest(.get, "/large"), to: destination)
            #expect(response.body.length == Nginx.largeSize)
            // Beside it, so that time passes in which the answer could pile up; it is not held up either.
            for _ in 0..<200 {
                #expect(try await client.fetch(from: destination).response.head.status == .ok)
            }
            #expect(await client.counters.pauses > 0)
            var count = 0
            for try await piece in response.body {
                count += piece.count
                #expect(piece.count <= 2 * Transfer.room)
            }
            #expect(count == Nginx.largeSize)
        }
    }

    @Test("HEAD has a length and no content")
    func head() async throws {
        let certificates = try await Certificates()
        try await Nginx.run(certificates) { nginx in
            let client = try WebFixture.client(trusting: certificates.authority)
            let (response, text) = try await client.fetch("/large", .head, from: nginx.http2)
            #expect(response.head.fields[.contentLength] == "\(Nginx.largeSize)" && text.isEmpty)
        }
    }

    @Test("compressed answers only when they are asked for", arguments: [false, true])
    func compression(_ isWanted: Bool) async throws {
        let certificates = try await Certificates()
        try await Nginx.run(certificates) { nginx in
            let client = try WebFixture.client(trusting: certificates.authority) {
                $0.decompresses = isWanted
            }
            let (response, text) = try await client.fetch("/text.txt", from: nginx.http2)
            #expect(response.head.fields.contains("content-encoding") == isWanted)
            #expect(text == String(repeating: "hello ", count: 10_000))
        }
    }
}
