import Glibc
import HTTP
import HTTPWire
import Reactor
import Supervision
import TestSupport
import Testing

@Suite(
    "the example server as a process",
    .enabled(if: Program.product("hello") != nil),
    .timeLimit(.minutes(1))
)
struct HelloProcessTests {
    static let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// A request that stays in flight: an echo whose content is not sent to its end.
    private func hang(_ client: RawClient) async throws {
        try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nx")
        _ = try await client.bytes(20)
    }

    @Test("a signal ends it with status 0", arguments: [SIGTERM, SIGINT])
    func drains(signal: Int32) async throws {
        let hello = try RunningProgram("hello", ["--port", "0"])
        let client = try await RawClient.connect(to: try await hello.listening())
        #expect(try await client.exchange(Self.request).status == 200)
        hello.process.signal(signal)
        let (bytes, ending) = try await client.rest()
        #expect(bytes.isEmpty)
        #expect(ending == .clean)
        let (output, exit) = try await hello.end()
        #expect(exit == .exited(0))
        #expect(output == "")
    }

    @Test("a request in flight is answered before it ends with status 0")
    func answersFirst() async throws {
        let hello = try RunningProgram("hello", ["--port", "0", "--loops", "1"])
        let client = try await RawClient.connect(to: try await hello.listening())
        let other = try await RawClient.connect(to: client.address)
        #expect(try await other.exchange(Self.request).status == 200)
        try await hang(client)
        hello.process.signal(SIGTERM)
        #expect(try await other.rest().ending == .clean)
        try await client.send([UInt8](repeating: 120, count: 99_999))
        let (bytes, ending) = try await client.rest()
        #expect(bytes.suffix(100_000) == [UInt8](repeating: 120, count: 100_000)[...])
        #expect(ending == .clean)
        #expect(try await hello.end().exit == .exited(0))
    }

    @Test("a second signal ends it at once, with status 3")
    func secondSignal() async throws {
        let hello = try RunningProgram("hello", ["--port", "0"])
        let client = try await RawClient.connect(to: try await hello.listening())
        try await hang(client)
        let began = MonotonicInstant.now
        hello.process.signal(SIGTERM)
        hello.process.signal(SIGINT)
        #expect(try await hello.end().exit == .exited(3))
        // Far less than the time that requests in flight would be given.
        #expect(MonotonicInstant.now - began < .seconds(15))
        #expect(try await client.rest().ending != .timedOut)
    }

    static let mistakes: [([String], Int32, String)] = [
        (["--port"], 64, "--port needs a value"),
        (["--port", "x"], 64, "--port x: not a number from 0 to 65535"),
        (["--port", "65536"], 64, "--port 65536: not a number from 0 to 65535"),
        (["--loops", "0"], 64, "--loops 0: not a number from 1 to 256"),
        (["--host", "example.org"], 64, "--host example.org: not a numeric"),
        (["--what"], 64, "unknown argument --what"),
        (["--host", "192.0.2.1", "--port", "0"], 1, "no interface of this machine has that address"),
        (
            ["--host", "unix:/no/such/folder/x.sock"], 1,
            "listen on unix:/no/such/folder/x.sock: No such file or directory"
        ),
    ]

    @Test("what can't work gives one clear line and a status", arguments: mistakes)
    func mistake(arguments: [String], status: Int32, line: String) async throws {
        let (output, exit) = try await RunningProgram("hello", arguments).end()
        #expect(exit == .exited(status))
        expectOneLine(output, with: line)
    }

    @Test("a port that is taken is named, with what to do")
    func taken() async throws {
        try await TestServer.run { _ in
            HTTPResponse(.ok)
        } _: { server in
            let port = try #require(server.address.port)
            let (output, exit) = try await RunningProgram("hello", ["--port", "\(port)"]).end()
            #expect(exit == .exited(1))
            expectOneLine(
                output,
                with: "listen on 127.0.0.1:\(port): Address already in use (another program listens there"
            )
        }
    }

    @Test("a port for the privileged only is named, with what to do", .enabled(if: geteuid() != 0))
    func privileged() async throws {
        let (output, exit) = try await RunningProgram("hello", ["--port", "80"]).end()
        #expect(exit == .exited(1))
        expectOneLine(output, with: "need root or CAP_NET_BIND_SERVICE")
    }

    private func expectOneLine(_ output: String, with text: String) {
        #expect(output.hasPrefix("hello: "))
        #expect(output.contains(text))
        #expect(output.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
    }

    @Test("out of descriptors it serves those it has, and recovers by itself (H23)")
    func fewDescriptors() async throws {
        let hello = try RunningProgram("hello", ["--port", "0"], setup: "ulimit -n 64")
        let first = try await RawClient.connect(to: try await hello.listening())
        #expect(try await first.exchange(Self.request).status == 200)
        var others = try await (0..<100).asyncMap { _ in try await RawClient.connect(to: first.address) }
        for client in others { try await client.send(Self.request) }
        #expect(try await hello.line()?.contains("accepting pauses") == true)
        for _ in 0..<10 { #expect(try await first.exchange(Self.request).status == 200) }
        // Each one that leaves makes room: in the end all have been served.
        var served = 0
        while !others.isEmpty {
            let client = others.removeFirst()
            if try await client.hears(within: others.isEmpty ? 20_000 : 20) {
                #expect(try await client.response().status == 200)
                client.close()
                served += 1
            } else {
                others.append(client)
            }
        }
        #expect(served == 100)
        #expect(try await first.exchange(Self.request).status == 200)
        hello.process.signal(SIGTERM)
        #expect(await hello.process.ended() == .exited(0))
    }
}
