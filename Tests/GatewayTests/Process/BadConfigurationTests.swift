import Foundation
import Glibc
import HTTP
import HTTPWire
import Reactor
import TestSupport
import Testing

/// What `vigie gateway` says of a mistake, and that it does not start with it.
@Suite("bad configurations", .timeLimit(.minutes(3))) struct BadConfigurationTests {
    /// A mistake, and what comes of it.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let name: String
        /// The gateway's file; nil where there is none.
        var document: String? = "{}"
        /// Variables beside the file and a peer `echo`.
        var environment: [String: String] = [:]
        var arguments: [String] = []
        /// 64 for settings, 1 for what they name.
        var status: Int32 = 1
        /// What is said, beside other things.
        let says: String

        var testDescription: String { name }

        /// A mistake in the routes.
        static func routes(_ name: String, _ routes: String, _ says: String) -> Mistake {
            Mistake(name: name, document: #"{"routes": [\#(routes)]}"#, says: says)
        }

        /// A mistake in an issuer with these members.
        static func issuer(
            _ name: String,
            _ members: String,
            _ says: String,
            _ environment: [String: String] = [:]
        ) -> Mistake {
            Mistake(
                name: name,
                document: #"{"authentication": {"issuers": [{"audiences": ["us"], \#(members)}]}}"#,
                environment: environment,
                says: says
            )
        }

        /// A mistake in a setting.
        static func setting(_ name: String, _ variable: String, _ value: String, _ says: String) -> Mistake {
            Mistake(name: name, environment: [variable: value], status: 64, says: says)
        }
    }

    static let all: [Mistake] = [
        // The file.
        Mistake(name: "no file", document: nil, says: "does the file exist, and may this user read it?"),
        Mistake(
            name: "a folder for a file",
            document: nil,
            environment: ["VIGIE_GATEWAY_FILE": "/"],
            says: "/: can't be read"
        ),
        Mistake(name: "no JSON", document: "routes: []", says: "gateway.json: "),
        Mistake(name: "an empty file", document: "", says: "gateway.json: "),
        Mistake(name: "a key twice", document: #"{"routes": [], "routes": []}"#, says: "routes"),
        Mistake(name: "a list for an object", document: "[]", says: "the document: must be an object"),
        Mistake(
            name: "an unknown key",
            document: #"{"rutes": []}"#,
            says: "rutes: there is no such key, did you mean `routes`?"
        ),
        Mistake(
            name: "an unknown key of a service",
            document: #"{"services": {"echo": {"grant": ["/a"]}}}"#,
            says: "services.echo.grant: there is no such key, did you mean `grants`?"
        ),
        Mistake(
            name: "a grant that is no prefix",
            document: #"{"services": {"echo": {"grants": ["/a/{id}"]}}}"#,
            says: "must be prefixes such as"
        ),
        Mistake(
            name: "a rate without number",
            document: #"{"rates": {"few": {"rate": "often"}}}"#,
            says: "rates.few.rate: must be"
        ),
        // Routes.
        .routes(
            "an unknown key of a route",
            #"{"pth": "/a", "service": "echo"}"#,
            "routes[0].pth: there is no such key, did you mean `path`?"
        ),
        .routes("no path", #"{"service": "echo"}"#, "routes[0].path: is missing"),
        .routes("no service", #"{"path": "/a"}"#, "names neither a `service` nor a `redirect`"),
        .routes(
            "a text for a number",
            #"{"path": "/a", "service": "echo", "attempts": "three"}"#,
            "routes[0].attempts: must be a whole number from 1 to 10"
        ),
        .routes(
            "a number for a time",
            #"{"path": "/a", "service": "echo", "timeout": 5}"#,
            "routes[0].timeout: must be a time"
        ),
        .routes(
            "a path that is the gateway's",
            #"{"path": "/health", "service": "echo"}"#,
            "are never forwarded"
        ),
        .routes(
            "a method that there is not",
            #"{"path": "/a", "service": "echo", "methods": ["get"]}"#,
            "not \"get\""
        ),
        .routes("a word for a rule", #"{"path": "/a", "service": "echo", "auth": "admin"}"#, "auth: must be"),
        .routes(
            "routes for the same requests",
            #"{"path": "/a/{x}", "service": "echo"}, {"path": "/a/{y}", "service": "echo"}"#,
            "/a/{y}: its requests are those of /a/{x}, of file"
        ),
        .routes(
            "two routes of one id",
            #"{"id": "a", "path": "/a", "service": "echo"}, {"id": "a", "path": "/b", "service": "echo"}"#,
            "a: another route, of file, has the same id"
        ),
        .routes("a rate that there is not", #"{"path": "/a", "service": "echo", "rates": ["few"]}"#, "few"),
        .routes("a service that nobody names", #"{"path": "/a", "service": "nobody"}"#, "nobody"),
        // Issuers and keys.
        .issuer(
            "an issuer without name",
            #""keys": "https://a.example/jwks""#,
            "issuers[0].issuer: is missing"
        ),
        .issuer(
            "keys at a service without a path",
            #""issuer": "a", "keys": "service://auth""#,
            "service://NAME/PATH"
        ),
        .issuer(
            "keys at a service that nobody knows",
            #""issuer": "a", "keys": "service://auth/jwks""#,
            "CONSUL_HTTP_ADDR"
        ),
        .issuer("keys over http from outside", #""issuer": "a", "keys": "http://8.8.8.8/jwks""#, "use https"),
        .issuer(
            "a file of keys that is not there",
            #""issuer": "a", "keys": "/nowhere/jwks""#,
            "/nowhere/jwks: can't be read"
        ),
        .issuer(
            "an algorithm that is none",
            #""issuer": "https://a.example", "algorithms": ["none"]"#,
            "not \"none\""
        ),
        .issuer(
            "a weak secret",
            #""issuer": "a", "algorithms": ["HS256"], "secretVariable": "EDGE_SECRET""#,
            "a shared secret of 7 bytes; use 32 or more",
            ["EDGE_SECRET": "hunter2"]
        ),
        .issuer(
            "a secret that is not set",
            #""issuer": "a", "algorithms": ["HS256"], "secretVariable": "EDGE_SECRET""#,
            "EDGE_SECRET: the variable is not set"
        ),
        Mistake(
            name: "an authority that is not there",
            document: #"{"authentication": {"authorityFile": "/nowhere/ca.pem"}}"#,
            says: "authentication.authorityFile: /nowhere/ca.pem: can't be read"
        ),
        Mistake(
            name: "an authority that is none",
            document: #"{"authentication": {"authorityFile": "/proc/self/comm"}}"#,
            says: "/proc/self/comm: holds no certificate in PEM"
        ),
        Mistake(
            name: "a key in the place of its digest",
            document:
                #"{"authentication": {"apiKeys": [{"id": "a", "sha256": "vgk_hunter2", "subject": "s"}]}}"#,
            says: "apiKeys[0].sha256: must be the key's SHA-256"
        ),
        // Settings.
        Mistake(
            name: "an unknown argument",
            arguments: ["--gatway-file", "x"],
            status: 64,
            says: "--gateway-file"
        ),
        .setting("an unknown variable", "VIGIE_GATEWAY_FIEL", "x", "VIGIE_GATEWAY_FILE"),
        .setting(
            "a proxy that is no address",
            "VIGIE_GATEWAY_TRUSTED_PROXIES",
            "front",
            "an address or a block"
        ),
        .setting("a port that is none", "VIGIE_SERVER_PORT", "80800", "VIGIE_SERVER_PORT"),
        .setting(
            "an admin listener for all",
            "VIGIE_ADMIN_HOST",
            "0.0.0.0",
            "set admin.token, or choose 127.0.0.1"
        ),
        .setting("a short admin token", "VIGIE_ADMIN_TOKEN", "hunter2", "VIGIE_ADMIN_TOKEN"),
        .setting("a peer without address", "VIGIE_CLIENTS_PEERS", "echo", "VIGIE_CLIENTS_PEERS"),
        .setting("a weak secret of auth", "VIGIE_AUTH_SECRET", "hunter2", "VIGIE_AUTH_SECRET"),
    ]

    /// What it writes until its end, and its status.
    private static func run(
        _ mistake: Mistake,
        in folder: TemporaryFolder
    ) async throws -> (String, ChildProcess.Exit) {
        let file = folder.url.appending(path: "gateway.json")
        if let document = mistake.document { try Data(document.utf8).write(to: file) }
        let settings = ["VIGIE_GATEWAY_FILE": file.path, "VIGIE_CLIENTS_PEERS": "echo=127.0.0.1:1"]
        let program = try RunningProgram.service(
            "vigie",
            ["gateway"] + mistake.arguments,
            environment: settings.merging(mistake.environment) { $1 }
        )
        let (output, exit) = try await program.end()
        return (output, exit)
    }

    @Test("each mistake ends the start with its message, which shows no secret", arguments: all)
    func refuses(_ mistake: Mistake) async throws {
        let (output, exit) = try await Self.run(mistake, in: try TemporaryFolder())
        #expect(exit == .exited(mistake.status), "\(output)")
        #expect(output.contains("vigie gateway: "), "\(output)")
        #expect(output.contains(mistake.says), "\(output)")
        #expect(!output.contains("hunter2") && !output.contains(#""msg":"serving""#), "\(output)")
    }

    @Test("all mistakes of a file are told at once")
    func together() async throws {
        let document = #"{"rutes": [], "rates": {"few": {}}, "routes": [{"path": "b"}, {"service": "echo"}]}"#
        let mistake = Mistake(name: "four", document: document, says: "")
        let (output, exit) = try await Self.run(mistake, in: try TemporaryFolder())
        #expect(exit == .exited(1))
        for place in ["rutes: ", "rates.few", "routes[0]", "routes[1]"] {
            #expect(output.contains("gateway.json: \(place)"), "\(place) in \(output)")
        }
    }

    @Test("a port that is taken ends the start, naming it")
    func taken() async throws {
        let upstream = try await Upstream.start()
        let port = upstream.address.port ?? 0
        let mistake = Mistake(name: "taken", environment: ["VIGIE_SERVER_PORT": "\(port)"], says: "")
        let (output, exit) = try await Self.run(mistake, in: try TemporaryFolder())
        #expect(exit == .exited(1) && output.contains("\(port)"), "\(output)")
        #expect(output.lowercased().contains("in use"), "\(output)")
        await upstream.stop()
    }

    @Test("an admin port that is taken, too")
    func takenByAdmin() async throws {
        let upstream = try await Upstream.start()
        let port = upstream.address.port ?? 0
        let mistake = Mistake(name: "taken", environment: ["VIGIE_ADMIN_PORT": "\(port)"], says: "")
        let (output, exit) = try await Self.run(mistake, in: try TemporaryFolder())
        #expect(exit == .exited(1) && output.contains("\(port)"), "\(output)")
        await upstream.stop()
    }
}
