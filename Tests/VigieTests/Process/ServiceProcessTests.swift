import Foundation
import Glibc
import HTTP
import Reactor
import Supervision
import TestSupport
import Testing

@Suite("a service as a process", .timeLimit(.minutes(2))) struct ServiceProcessTests {
    private static func client() throws -> HTTPClient { HTTPClient(on: try TestLoops.two) }

    private static func status(
        _ path: String,
        at address: SocketAddress,
        _ client: HTTPClient
    ) async throws -> Int {
        var timeouts = HTTPTimeouts()
        (timeouts.attempt, timeouts.total) = (.seconds(60), .seconds(60))
        let response = try await client.send(
            HTTPRequest(.get, path),
            to: HTTPDestination(address),
            timeouts: timeouts
        )
        _ = try await response.body.collect(upTo: 1 << 16)
        return Int(response.head.status.code)
    }

    @Test(
        "a signal drains it: what was begun is answered, the log is whole, the status is 0",
        arguments: [SIGTERM, SIGINT]
    )
    func drains(signal: Int32) async throws {
        let drill = try RunningProgram.service("DrillService")
        let (address, _) = try await drill.serving()
        let client = try Self.client()
        #expect(try await Self.status("/health/ready", at: address, client) == 200)
        async let slow = Self.status("/slow", at: address, client)
        try await Self.waitUntilActive(address, client)
        drill.process.signal(signal)
        #expect(try await slow == 200)
        await client.close()
        let (output, exit) = try await drill.end()
        #expect(exit == .exited(0))
        #expect(output.contains(#""msg":"draining""#))
        #expect(output.contains(#""route":"/slow","status":200"#))
    }

    @Test("a handler that hangs is cut when its time is over, with status 3")
    func hangs() async throws {
        let drill = try RunningProgram.service(
            "DrillService",
            environment: ["VIGIE_SERVER_DRAIN_TIMEOUT": "300ms"]
        )
        let (address, _) = try await drill.serving()
        let client = try Self.client()
        async let hung = Self.status("/hang", at: address, client)
        try await Self.waitUntilActive(address, client)
        drill.process.signal(SIGTERM)
        let answer = try? await hung
        #expect(answer == nil)
        #expect(try await drill.end().exit == .exited(3))
    }

    @Test("a second signal ends it at once, with status 3")
    func secondSignal() async throws {
        let drill = try RunningProgram.service("DrillService")
        let (address, _) = try await drill.serving()
        let client = try Self.client()
        async let hung = try? Self.status("/hang", at: address, client)
        try await Self.waitUntilActive(address, client)
        drill.process.signal(SIGTERM)
        while try await drill.line()?.contains("draining") == false {}
        drill.process.signal(SIGTERM)
        let (output, exit) = try await drill.end()
        #expect(exit == .exited(3))
        #expect(output.contains("a second signal"))
        #expect(await hung == nil)
    }

    @Test("a signal while it waits for its database ends it, with status 1")
    func signalWhileStarting() async throws {
        let environment = [
            "VIGIE_DATABASE_URL": "host=/no/such/folder", "VIGIE_AUTH_ISSUER": "a",
            "VIGIE_AUTH_AUDIENCE": "b",
            "VIGIE_AUTH_SECRET": "0123456789abcdef0123456789abcdef",
        ]
        let notes = try RunningProgram.service("notes", environment: environment)
        while try await notes.line()?.contains("waiting for the database") == false {}
        notes.process.signal(SIGTERM)
        let (output, exit) = try await notes.end()
        #expect(exit == .exited(1))
        #expect(output.contains("a signal before it served"))
    }

    @Test("work beside the requests that ends for nobody can't hold the process up")
    func deafWork() async throws {
        let drill = try RunningProgram.service(
            "DrillService",
            environment: ["VIGIE_DRILL_DEAF_WORK": "true", "VIGIE_SERVER_DRAIN_TIMEOUT": "100ms"]
        )
        _ = try await drill.serving()
        drill.process.signal(SIGTERM)
        let (output, exit) = try await drill.end()
        #expect(exit == .exited(3))
        #expect(output.contains("draining took too long"))
    }

    static let mistakes: [([String], [String: String], Int32, String)] = [
        (["--server-prot", "1"], [:], 64, "did you mean --server-port?"),
        ([], ["VIGIE_SERVER_PROT": "1"], 64, "did you mean VIGIE_SERVER_PORT?"),
        (["--server-port", "65536"], [:], 64, "must be a whole number from 0 to 65535"),
        (["--server-host", "example.org"], [:], 64, "a numeric IPv4 or IPv6 address"),
        (["--config", "/no/such/file"], [:], 64, "/no/such/file: can't be read"),
        (["--server-host", "192.0.2.1"], [:], 1, "no interface of this machine has that address"),
        (
            ["--auth-keys", "/no/such/file"], ["VIGIE_AUTH_ISSUER": "a", "VIGIE_AUTH_AUDIENCE": "b"], 1,
            "can't be read"
        ),
        (["--trace-endpoint", "ftp://x"], [:], 64, "not http://HOST"),
        ([], ["VIGIE_AUTH_SECRET": "short"], 64, "a secret of 32 to 65536 bytes"),
    ]

    @Test("what can't work is said in words that help, and ends with a status", arguments: mistakes)
    func mistake(arguments: [String], environment: [String: String], status: Int32, text: String) async throws
    {
        let (output, exit) = try await RunningProgram.service(
            "DrillService",
            arguments,
            environment: environment
        )
        .end()
        #expect(exit == .exited(status))
        #expect(output.contains("drill: ") && output.contains(text), "\(output)")
        #expect(!output.contains("short"))
    }

    @Test("a JSON file configures it; flags and environment win; what is wrong in it is told with its key")
    func file() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/drill.json"
        let text = #"{"server": {"idle-timeout": "7s", "body-limit": "2MiB"}, "log": {"level": "debug"}}"#
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let environment = ["VIGIE_CONFIG": path, "VIGIE_LOG_LEVEL": "warning"]
        let arguments = ["--print-config", "--server-body-limit", "3MiB"]
        let shown = try await RunningProgram.service("DrillService", arguments, environment: environment)
            .end()
        #expect(shown.output.contains("server.idle-timeout = 7s  (server.idle-timeout in \(path))"))
        #expect(shown.output.contains("server.body-limit = 3MiB  (--server-body-limit)"))
        #expect(shown.output.contains("log.level = warning  (VIGIE_LOG_LEVEL)"))
        for (text, rule) in [
            (#"{"server": {"idle-timeuot": "7s"}}"#, "did you mean server.idle-timeout?"),
            (#"{"server": {"port": 1, "port": 2}}"#, "a key that the object has already"),
            ("[", "the text ends too early"),
        ] {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let refused = try await RunningProgram.service(
                "DrillService",
                environment: ["VIGIE_CONFIG": path]
            ).end()
            #expect(refused.exit == .exited(64))
            #expect(refused.output.contains(path) && refused.output.contains(rule), "\(refused.output)")
        }
    }

    @Test("all mistakes are told at once")
    func allMistakes() async throws {
        let arguments = ["--server-port", "x", "--server-loops", "y", "--log-level", "loud"]
        let (output, exit) = try await RunningProgram.service("DrillService", arguments).end()
        #expect(exit == .exited(64))
        #expect(output.contains("3 mistakes in the configuration"))
    }

    @Test("help and the effective settings are printed, secrets masked, sources named")
    func printed() async throws {
        let help = try await RunningProgram.service("DrillService", ["--help"]).end()
        #expect(help.exit == .exited(0))
        #expect(help.output.contains("--server-port") && help.output.contains("VIGIE_DRILL_DEAF_WORK"))
        let environment = [
            "VIGIE_AUTH_ISSUER": "a", "VIGIE_AUTH_AUDIENCE": "b",
            "VIGIE_AUTH_SECRET": "0123456789abcdef0123456789abcdef",
        ]
        let shown = try await RunningProgram.service(
            "DrillService",
            ["--print-config"],
            environment: environment
        )
        .end()
        #expect(shown.exit == .exited(0))
        #expect(shown.output.contains("auth.secret = ***  (VIGIE_AUTH_SECRET)"))
        #expect(shown.output.contains("server.idle-timeout = 1m15s  (default)"))
        #expect(!shown.output.contains("0123456789abcdef"))
    }

    /// Waits until a request besides our own is being answered.
    private static func waitUntilActive(_ address: SocketAddress, _ client: HTTPClient) async throws {
        let end = MonotonicInstant.now + .seconds(20)
        while .now < end {
            let response = try await client.send(HTTPRequest(.get, "/metrics"), to: HTTPDestination(address))
            let text = String(decoding: try await response.body.collect(upTo: 1 << 20), as: UTF8.self)
            // The scrape is one of them itself.
            if text.contains(#"http_server_active_requests{http_request_method="GET",url_scheme="http"} 2"#) {
                return
            }
        }
        Issue.record("no request became active")
    }
}
