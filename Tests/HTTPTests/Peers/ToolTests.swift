import Glibc
import Reactor
import TestSupport
import Testing

@testable import HTTP

@Suite("programs of others as clients", .timeLimit(.minutes(1))) struct ToolTests {
    /// What the client talks to.
    enum Target: CaseIterable { case hello, proxy }

    /// Runs `body` with the port of the target.
    private func with(_ target: Target, _ body: (UInt16) async throws -> Void) async throws {
        try await PeerServer.run(product: "hello") { hello, _ in
            guard target == .proxy else { return try await body(hello.port ?? 0) }
            try await PeerServer.run(product: "bare-proxy", ["--backend", "\(hello)"]) { proxy, _ in
                try await body(proxy.port ?? 0)
            }
        }
    }

    private static let sent = (0..<900_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    private func curl(_ arguments: [String], input: [UInt8]? = nil) async throws -> Program.Result {
        try await Program.run(
            "curl",
            ["-sS", "-v", "--max-time", "30", "--noproxy", "*"] + arguments,
            input: input
        )
    }

    @Test(
        "curl gets, heads and posts",
        .enabled(if: Program.isWanted("curl"), "needs curl"),
        arguments: Target.allCases
    )
    func curl(_ target: Target) async throws {
        try await with(target) { port in
            let base = "http://127.0.0.1:\(port)"
            #expect(try await curl([base]).text == "Hello from Vigie.\n")

            let head = try await curl(["--head", base + "/1k"])
            #expect(
                head.text.hasPrefix("HTTP/1.1 200 OK\r\n")
                    && head.text.contains("\r\nContent-Length: 1024\r\n")
            )

            // Two in one run: the second has no new connection.
            let two = try await curl([
                "-o", "/dev/null", "-o", "/dev/null", "-w", "%{num_connects} ", base, base + "/1k",
            ])
            #expect(two.text == "1 0 ")

            let post = try await curl(["--data-binary", "a=b", base + "/echo"])
            #expect(post.text == "a=b")

            let missing = try await curl(["-w", " %{http_code}", base + "/missing"])
            #expect(missing.text.hasSuffix(" 404") && missing.text.contains("\"status\":404"))
        }
    }

    @Test("curl uploads", .enabled(if: Program.isWanted("curl"), "needs curl"), arguments: Target.allCases)
    func upload(_ target: Target) async throws {
        try await with(target) { port in
            let echo = "http://127.0.0.1:\(port)/echo"
            let waits = ["-H", "Expect: 100-continue", "--expect100-timeout", "25", "-X", "POST"]
            let large = try await curl(waits + ["--data-binary", "@-", echo], input: Self.sent)
            #expect(large.output == Self.sent)
            #expect(large.error.contains("< HTTP/1.1 100 Continue"))

            let chunked = try await curl(["-X", "POST", "-H", "Expect:", "-T", "-", echo], input: Self.sent)
            #expect(chunked.error.contains("> Transfer-Encoding: chunked"))
            #expect(chunked.output == Self.sent)

            let tooLarge = try await curl(
                waits + ["--data-binary", "@-", echo],
                input: Self.sent + Self.sent
            )
            #expect(tooLarge.error.contains("< HTTP/1.1 413 "))
            #expect(!tooLarge.error.contains("< HTTP/1.1 100 Continue"))
        }
    }

    @Test(
        "curl with HTTP/1.0",
        .enabled(if: Program.isWanted("curl"), "needs curl"),
        arguments: Target.allCases
    )
    func old(_ target: Target) async throws {
        try await with(target) { port in
            let base = "http://127.0.0.1:\(port)"
            #expect(try await curl(["--http1.0", base]).text == "Hello from Vigie.\n")
            let echo = try await curl(["--http1.0", "--data-binary", "@-", base + "/echo"], input: Self.sent)
            #expect(echo.exit == .exited(0))
            #expect(echo.output == Self.sent)
            let kept = ["--http1.0", "-H", "Connection: keep-alive", "-o", "/dev/null", "-o", "/dev/null"]
            #expect(try await curl(kept + ["-w", "%{num_connects} ", base, base]).text == "1 0 ")
        }
    }

    @Test("curl over a Unix socket", .enabled(if: Program.isWanted("curl"), "needs curl"))
    func unix() async throws {
        let path = ClientFixture.socketPath()
        try await PeerServer.run(product: "hello", ["--host", "unix:\(path)"]) { address, _ in
            #expect(address == .unix(path: path))
            let result = try await curl(["--unix-socket", path, "http://localhost/"])
            #expect(result.text == "Hello from Vigie.\n")
        }
        #expect(unsafe access(path, F_OK) != 0, "the socket's file is removed")
    }

    @Test(
        "wrk finds no error",
        .enabled(if: Program.isWanted("wrk"), "needs wrk"),
        arguments: Target.allCases
    )
    func wrk(_ target: Target) async throws {
        try await with(target) { port in
            let result = try await Program.run("wrk", ["-t1", "-c32", "-d1s", "http://127.0.0.1:\(port)/1k"])
            #expect(result.exit == .exited(0))
            #expect(result.text.contains(" requests in "))
            #expect(
                !result.text.contains("Socket errors") && !result.text.contains("Non-2xx"),
                "\(result.text)"
            )
        }
    }

    @Test(
        "h2load finds no failure",
        .enabled(if: Program.isWanted("h2load"), "needs h2load"),
        arguments: Target.allCases
    )
    func h2load(_ target: Target) async throws {
        try await with(target) { port in
            let arguments = ["--h1", "-n", "2000", "-c", "16", "-m", "4", "http://127.0.0.1:\(port)/1k"]
            let result = try await Program.run("h2load", arguments)
            #expect(result.text.contains("2000 succeeded, 0 failed, 0 errored, 0 timeout"), "\(result.text)")
        }
    }

    static let scripts = ["http_client.py", "h11_client.py"]

    @Test(
        "Python's clients",
        .enabled(if: Program.isPythonWanted, "needs Python with h11")
    )
    func python() async throws {
        for target in Target.allCases {
            try await with(target) { port in
                for script in Self.scripts {
                    let result = try await Program.run(
                        Program.python ?? "python3",
                        [Program.script(script), "\(port)"]
                    )
                    #expect(result.text == "whole\n", "\(script): \(result.error)")
                }
            }
        }
    }

    static let slow = ["-H", "-B", "-R", "-X"]

    @Test(
        "slow clients leave room for others",
        .enabled(if: Program.isWanted("slowhttptest"), "needs slowhttptest")
    )
    func slowClients() async throws {
        try await with(.hello) { port in
            try await withThrowingTaskGroup(of: (String, String).self) { group in
                for mode in Self.slow {
                    let path = mode == "-B" ? "echo" : "1k"
                    let arguments = [mode, "-c", "200", "-r", "200", "-i", "1", "-l", "5", "-p", "3"]
                    group.addTask {
                        let url = ["-u", "http://127.0.0.1:\(port)/\(path)"]
                        return (mode, try await Program.run("slowhttptest", arguments + url).text)
                    }
                }
                for try await (mode, text) in group {
                    #expect(text.contains("service available:"), "\(mode): \(text)")
                    #expect(!text.contains("NO"), "\(mode): \(text)")
                }
            }
        }
    }
}
