import Glibc
import Reactor
import TestSupport
import Testing

@testable import HTTP

@Suite(
    "Python's http.server",
    .enabled(if: Program.isWanted("python3"), "needs python3"),
    .timeLimit(.minutes(1))
)
struct PythonServerTests {
    @Test("answers of all sizes and forms come whole", arguments: ["HTTP/1.0", "HTTP/1.1"])
    func whole(_ version: String) async throws {
        let arguments = [Program.script("http_server.py"), version]
        // It knows no drain: the signal ends it.
        try await PeerServer.run(
            Program.python ?? "python3",
            arguments,
            exits: .signaled(SIGTERM),
            isReady: PeerServer.announced
        ) { address, _ in
            let client = try ClientFixture.client()
            let destination = HTTPDestination(address)
            for size in [0, 1, 999, 1_000, 1_001, 65_536, 300_000] {
                for form in version == "HTTP/1.1" ? ["", "?chunked"] : [""] {
                    let response = try await client.send(
                        HTTPRequest(.get, "/\(size)\(form)"),
                        to: destination
                    )
                    let content = try await response.body.collect(upTo: 1 << 20)
                    #expect(content == (0..<size).map { UInt8($0 % 251) })
                    let sum = form.isEmpty ? nil : "\(size)"
                    #expect(await response.body.trailers["x-sum"] == sum)
                }
                let head = try await client.send(HTTPRequest(.head, "/\(size)"), to: destination)
                #expect(head.head.fields[.contentLength] == "\(size)")
                let sent = [UInt8](repeating: 65, count: size)
                let response = try await client.send(
                    HTTPRequest(.post, "/", body: HTTPBody(sent)),
                    to: destination
                )
                #expect(try await response.body.collect(upTo: 1 << 20) == sent)
            }
            let opened = await client.counters.connectionsOpened
            #expect(version == "HTTP/1.0" ? opened == 21 : opened == 1)
            await client.close()
        }
    }
}
