import Foundation
import Glibc
import JSON
import Reactor
import SystemModel
import TestSupport
import Testing

/// `vigie up` and what stands around it, as a person types it, with a system that has no services.
@Suite(
    "vigie up",
    .enabled(if: Program.isWanted("nginx", "openssl")),
    .timeLimit(.minutes(5))
) struct UpCommandTests {
    @Test(
        "started apart it stays, is there for the next command, and is gone when it is ended; each of it twice"
    )
    func apart() async throws {
        try await Place.run { place in
            let up = try await place.vigie("up", place.program, "--isolated", "--detach")
            #expect(up.exit == .exited(0), "\(up.text) \(up.error)")
            #expect(up.text.contains("Mini is up.") && up.text.contains("End it: vigie down"))
            let ids = try await place.ids()
            #expect(ids.count == 4, "registry, two gateways, front: \(ids)")
            let again = try await place.vigie("up", place.program, "--isolated", "--detach")
            #expect(again.exit == .exited(0) && again.text.contains("mini is up already"), "\(again.text)")
            #expect(try await place.ids() == ids)
            #expect(try await place.page("mini-isolated") == "<p>Hello")
            let down = try await place.vigie("down", "--isolated")
            #expect(
                down.exit == .exited(0) && down.text.contains("mini is down"),
                "\(down.text) \(down.error)"
            )
            for id in ids { #expect(kill(id, 0) != 0, "\(id) is still there") }
            let rest = try await place.vigie("down", "--isolated")
            #expect(rest.exit == .exited(0) && rest.text.contains("nothing is up here"), "\(rest.text)")
        }
    }

    @Test("a part that cannot start is told, with its last lines, and nothing is left")
    func broken() async throws {
        try await Place.run(services: [ServiceDeclaration("broken", port: 4_100)]) { place in
            let up = try await place.vigie("up", place.program, "--isolated", "--detach")
            #expect(up.exit == .exited(1), "\(up.text)")
            #expect(up.error.contains("broken") && up.error.contains("no such thing"), "\(up.error)")
            let down = try await place.vigie("down", "--isolated")
            #expect(down.text.contains("nothing is up here"), "\(down.text)")
            let nginx = try await place.vigie("ps")
            #expect(nginx.exit == .exited(64) && nginx.error.contains("nothing is up in this folder"))
        }
    }

    @Test("a port that is taken is told, and the next one used")
    func taken() async throws {
        try await Place.run { place in
            let holder = try PortHolder(place.httpsPort)
            let up = try await place.vigie("up", place.program, "--detach")
            withExtendedLifetime(holder) {}
            #expect(up.exit == .exited(0), "\(up.text) \(up.error)")
            #expect(up.text.contains("\(place.httpsPort)") && up.text.contains("taken"), "\(up.text)")
            #expect(!up.text.contains("https://localhost:\(place.httpsPort)\n"), "\(up.text)")
            #expect(try await place.page("mini") == "<p>Hello")
            #expect(try await place.vigie("down").exit == .exited(0))
        }
    }

    /// What is typed, and what is said.
    static let mistakes: [(arguments: [String], complaint: String)] = [
        (["up", "hometripp"], #"there is no system "hometripp""#),
        (["up", "./empty"], "no service has a route, and the front no static files"),
        (["up", "/bin/true"], "/bin/true system does not print a system's declaration"),
        (["up", "--detached"], "--detached"),
        (["up", "hometrip", "--zones", "api"], "api is not ZONE=RATE:BURST"),
        (["up", "hometrip", "--zones", "no=1/s:1"], "there is no zone no"),
        (["up", "hometrip", "--zones", "api=1/s:100001"], "a burst is at most 100000"),
        (["ps"], "nothing is up in this folder"),
        (["scale", "listing"], #""listing" is not NAME=COUNT"#),
        (["seed"], "which system?"),
    ]

    @Test("what can't be done is said in one line, with status 64", arguments: mistakes)
    func refuses(arguments: [String], complaint: String) async throws {
        try await Place.run { place in
            let result = try await place.run(arguments)
            #expect(result.exit == .exited(64), "\(result.text) \(result.error)")
            #expect(result.error.contains(complaint), "\(result.error)")
        }
    }

    /// What is done to the machine before, and what is said.
    static let lacks: [(command: String, complaint: String)] = [
        ("mkdir -p .vigie; mount -t tmpfs -o size=8m none .vigie", "the disk has 8 MiB left here"),
        ("mount -t tmpfs none /usr/lib/postgresql", "apt-get install postgresql"),
    ]

    @Test(
        "what the machine lacks is said, with what mends it, and nothing is left",
        .enabled(if: geteuid() == 0, "mounts, which root alone may"),
        arguments: lacks
    )
    func says(command: String, complaint: String) async throws {
        try await Place.run(services: [ServiceDeclaration("store", port: 4_100, database: "store")]) {
            place in
            let result = try await place.run(
                ["up", place.program, "--isolated"],
                through: ["unshare", "-m", "sh", "-c", #"\#(command); exec "$@""#, "sh"]
            )
            #expect(result.exit == .exited(1), "\(result.text) \(result.error)")
            #expect(result.error.contains(complaint), "\(result.error)")
            #expect(try await place.vigie("down", "--isolated").text.contains("nothing is up here"))
        }
    }

    @Test(
        "the doctor names what is there and what is not",
        .enabled(if: geteuid() == 0, "mounts, which root alone may")
    )
    func doctor() async throws {
        try await Place.run { place in
            let well = try await place.vigie("doctor", place.program, "--format", "json")
            let findings = try JSONText.decode([JSONValue].self, from: well.output)
            #expect(
                findings.contains { $0["subject"]?.string?.hasPrefix("nginx (/") == true },
                "\(well.text)"
            )
            let ill = try await place.run(
                ["doctor", place.program],
                through: [
                    "unshare", "-m", "sh", "-c", #"mount -t tmpfs none /usr/lib/postgresql; exec "$@""#, "sh",
                ]
            )
            #expect(ill.exit == .exited(1), "\(ill.text)")
            #expect(ill.text.contains("apt-get install --no-install-recommends postgresql"), "\(ill.text)")
        }
    }
}

/// A folder with a system's program, in which commands are run.
private struct Place {
    private let folder: TemporaryFolder
    let program: String
    let httpsPort: UInt16

    /// Runs a test in a new one, and ends what the test has left up.
    static func run(
        services: [ServiceDeclaration] = [],
        _ body: (Place) async throws -> Void
    ) async throws {
        let place = try Place(services)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(place)) } catch { outcome = .failure(error) }
        _ = try await place.vigie("down")
        try outcome.get()
    }

    private init(_ services: [ServiceDeclaration]) throws {
        folder = try TemporaryFolder()
        program = folder.path + "/mini"
        let ports = try LoopbackPort.free(3)
        httpsPort = ports[1]
        let system = SystemDeclaration(
            "mini",
            title: "Mini",
            front: FrontDeclaration(
                httpPort: Int(ports[0]),
                httpsPort: Int(ports[1]),
                zones: ["api": RateZone("10/s", burst: 20)],
                staticFiles: folder.path + "/pages"
            ),
            gateway: GatewayDeclaration(port: Int(ports[2])),
            services: services
        )
        try write("mini", system)
        var empty = system
        (empty.front.staticFiles, empty.services) = (nil, [])
        try write("empty", empty)
        try FileManager.default.createDirectory(
            atPath: folder.path + "/pages",
            withIntermediateDirectories: false
        )
        try Data("<p>Hello".utf8).write(to: folder.url.appending(path: "pages/index.html"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    }

    /// Writes a system's program, whose services do not start.
    private func write(_ name: String, _ system: SystemDeclaration) throws {
        let json = String(decoding: try JSONText.encode(system), as: UTF8.self)
        let script = """
            #!/bin/sh
            test "$1" = system || { echo "no such thing"; exit 1; }
            cat <<'END'
            \(json)
            END
            """
        try Data(script.utf8).write(to: folder.url.appending(path: name))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755],
            ofItemAtPath: folder.url.appending(path: name).path
        )
    }

    /// What the front answers to a request for its first page.
    func page(_ folder: String) async throws -> String {
        let state = try JSONText.decode(
            JSONValue.self,
            from: try await vigie("ps", "--format", "json").output
        )
        let origin = try #require(state["addresses"]?[0]?["url"]?.string)
        let authority = "\(self.folder.path)/.vigie/\(folder)/front/certificates/ca.pem"
        return String(
            decoding: try await Program.succeed("curl", ["-sS", "--cacert", authority, origin + "/"]),
            as: UTF8.self
        )
    }

    func vigie(_ arguments: String...) async throws -> Program.Result { try await run(arguments) }

    /// Runs `vigie` in the folder, behind another program where there is one.
    func run(_ arguments: [String], through other: [String] = []) async throws -> Program.Result {
        let vigie = try #require(Program.product("vigie"))
        return try await Program.run(
            "/bin/sh",
            ["-c", #"cd "$0" && exec "$@""#, folder.path] + other + [vigie] + arguments
        )
    }

    /// The numbers of the processes that run.
    func ids() async throws -> [Int32] {
        let state = try JSONText.decode(
            JSONValue.self,
            from: try await vigie("ps", "--isolated", "--format", "json").output
        )
        guard case .array(let processes)? = state["processes"] else { return [] }
        return processes.compactMap { $0["pid"]?.number?.int64.map { Int32($0) } }
    }
}

/// Somebody else's program on a port.
private final class PortHolder: Sendable {
    private let socket: Int32

    init(_ port: UInt16) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        // A sockaddr_in is a sockaddr, of the length that is said.
        let result = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0 && listen(socket, 1) == 0)
    }

    deinit { close(socket) }
}
