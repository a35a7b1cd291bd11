import Foundation
import HTTP
import Reactor
import TestSupport
import Testing

@testable import WebClient

/// In a process of their own, where nothing else opens files or takes memory.
@Suite(
    "what a client leaves behind",
    .enabled(if: Program.isWanted("nginx", "openssl", "python3")),
    .timeLimit(.minutes(1))
)
struct ResourceTests {
    private static func openFiles() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }

    /// Resident memory in bytes (proc(5), statm).
    private static func residentMemory() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 4096 } ?? 0
    }

    @Test("no descriptor, after calls that end in every way")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            let certificates = try await Certificates()
            try await Nginx.run(certificates) { nginx in
                try await WebPeer.run { peer in
                    let destination = try peer.destination()
                    // The loops, and what libraries open with the first use and keep.
                    _ = try await WebFixture.client(trusting: certificates.authority).fetch(from: nginx.http2)
                    let before = try Self.openFiles()
                    for _ in 0..<10 {
                        let client = try WebFixture.client(trusting: certificates.authority)
                        try await client.fetch(from: nginx.http2)
                        try await client.fetch(from: nginx.http1)
                        await #expect(throws: WebClientError.self) {
                            try await client.fetch(from: nginx.expired)
                        }
                        await #expect(throws: WebClientError.self) {
                            try await client.fetch("/short", from: destination)
                        }
                        await #expect(throws: WebClientError.self) {
                            try await client.fetch(
                                "/silent",
                                from: destination,
                                timeouts: .with { $0.attempt = .zero }
                            )
                        }
                        let call = Task { try await client.fetch("/endless", from: destination) }
                        call.cancel()
                        await #expect(throws: WebClientError.self) { try await call.value }
                        _ = try await client.send(HTTPRequest(.get, "/large"), to: nginx.http2)
                    }
                    let end = ContinuousClock.now + .seconds(20)
                    while case let count = try Self.openFiles(), count > before {
                        try #require(ContinuousClock.now < end, "\(count) open, \(before) before")
                        await Task.yield()
                    }
                }
            }
        }
    }

    @Test("no memory: 100 MiB pass through, read fast and slowly", arguments: [false, true])
    func memory(_ isHTTP2: Bool) async {
        await #expect(processExitsWith: .success) { [isHTTP2] in
            let certificates = try await Certificates()
            try await Nginx.run(certificates) { nginx in
                let client = try WebFixture.client(trusting: certificates.authority)
                let destination = try isHTTP2 ? nginx.http2 : nginx.http1
                try await client.fetch(from: destination)
                let before = try Self.residentMemory()
                let response = try await client.send(HTTPRequest(.get, "/large"), to: destination)
                var (count, peak) = (0, before)
                for try await piece in response.body {
                    if count % (4 << 20) < piece.count {
                        // The reader does something else meanwhile.
                        for _ in 0..<20 { try await client.fetch(from: destination) }
                        peak = max(peak, try Self.residentMemory())
                    }
                    count += piece.count
                }
                #expect(count == Nginx.largeSize)
                let limit = 6 << 20
                #expect(peak - before < limit, "\((peak - before) >> 10) KiB more than before")
            }
        }
    }
}
