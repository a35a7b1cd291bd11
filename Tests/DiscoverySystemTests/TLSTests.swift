import Foundation
import HTTP
import Reactor
import Supervision
import TestSupport
import Testing
import Vigie
import VigieTesting

@Suite("a registry behind TLS", .enabled(if: Program.isWanted("nginx", "openssl")), .timeLimit(.minutes(2)))
struct RegistryTLSTests {
    /// Runs `body` with a place where nginx speaks TLS for the stage's registry, and the file of its authority.
    private static func run(
        _ stage: Stage,
        _ body: (_ address: String, _ authority: String) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let (key, certificate) = ("\(folder.path)/key.pem", "\(folder.path)/certificate.pem")
        try await Program.succeed(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out",
                certificate,
            ]
        )
        try await NginxProcess.run(in: folder) { ports in
            """
            server {
                listen 127.0.0.1:\(ports[0]) ssl;
                ssl_certificate \(certificate);
                ssl_certificate_key \(key);
                location / { proxy_pass http://127.0.0.1:\(stage.port); proxy_read_timeout 90; }
            }
            """
        } _: { ports in
            try await body("https://localhost:\(ports[0])", certificate)
        }
    }

    @Test("a service registers and finds others over it, where it knows the authority")
    func known() async throws {
        try await Stage.run { stage in
            let drill = try await stage.drill()
            try await Self.run(stage) { address, authority in
                let settings = ["consul.address": address, "consul.ca-cert": authority]
                try await Caller.run(stage, settings: settings) { caller, client in
                    #expect(try await client.get("/fast").head.status == .ok)
                    let port = try #require(caller.address.port)
                    try await eventually("the caller itself") { try await stage.passing("caller") == [port] }
                }
                try await eventually("its leaving") { try await stage.passing("caller").isEmpty }
            }
            await drill.process.stop()
        }
    }

    @Test(
        "a certificate of an unknown authority is not believed: nothing is registered, and the log says why"
    )
    func unknown() async throws {
        try await Stage.run { stage in
            try await Self.run(stage) { address, _ in
                try await Caller.run(stage, settings: ["consul.address": address]) { caller, _ in
                    try await eventually("its complaint") {
                        !caller.logLines("not registered", "certificate").isEmpty
                    }
                    #expect(try await stage.passing("caller").isEmpty)
                }
            }
        }
    }
}
