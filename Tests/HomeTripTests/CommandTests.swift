import Reactor
import TestSupport
import Testing

@Suite("the command hometrip", .timeLimit(.minutes(1))) struct CommandTests {
    static let helps: [([String], Int32)] = [
        ([], 64), (["--help"], 0), (["auth", "--help"], 0), (["user", "--help"], 0),
        (["listing", "--help"], 0),
        (["seed", "--help"], 0),
    ]

    @Test("help names what there is", arguments: helps)
    func help(arguments: [String], status: Int32) async throws {
        let result = try await Program.run(try #require(Program.product("hometrip")), arguments)
        #expect(result.exit == .exited(status) && result.error.isEmpty)
        #expect(result.text.contains(arguments.count < 2 ? "listing" : "--help"))
    }

    @Test(
        "a mistake is said, with what would be right",
        arguments: [
            (["bookings"], "there is no subcommand \"bookings\""), (["auth"], "identity.issuer"),
            (["seed", "--listing", "http://127.0.0.1:1"], "auth and listing must be set together"),
            (["seed", "--url", "ftp://x"], "http(s)://host[:port]"),
            (["seed", "--listings", "0"], "whole number from 1"),
        ]
    )
    func mistakes(arguments: [String], text: String) async throws {
        let result = try await Program.run(try #require(Program.product("hometrip")), arguments)
        #expect(result.exit == .exited(64) && result.error.contains(text), "\(result.error)")
    }

    @Test("a seed without services says what is away")
    func away() async throws {
        let port = try LoopbackPort.free(1)[0]
        let arguments = [
            "seed", "--auth", "http://127.0.0.1:\(port)", "--listing", "http://127.0.0.1:\(port)",
        ]
        let result = try await Program.run(try #require(Program.product("hometrip")), arguments)
        #expect(result.exit == .exited(1) && result.error.contains("127.0.0.1:\(port)"), "\(result.error)")
    }
}
