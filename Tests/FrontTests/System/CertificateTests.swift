import Foundation
import Reactor
import TestSupport
import Testing

@testable import Front

@Suite("certificates of the front's own", .enabled(if: Program.isWanted("openssl")), .timeLimit(.minutes(2)))
struct CertificateTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func authority(_ names: [String] = ["localhost", "127.0.0.1", "::1"]) throws -> LocalAuthority {
        LocalAuthority(
            folder: folder.path,
            names: names,
            openssl: Tool(program: "openssl", loop: try TestLoops.one.loops[0])
        )
    }

    private func text(_ file: String) async throws -> String {
        let bytes = try await Program.succeed(
            "openssl",
            ["x509", "-in", "\(folder.path)/\(file)", "-noout", "-text"]
        )
        return String(decoding: bytes, as: UTF8.self)
    }

    private func content(_ file: String) throws -> Data {
        try Data(contentsOf: URL(filePath: "\(folder.path)/\(file)"))
    }

    @Test("the authority signs a certificate for all names, on P-256, and keys are for their owner alone")
    func makes() async throws {
        #expect(try await authority(["a.example.com", "*.b.example.com", "10.0.0.7", "::1"]).renew())
        let server = try await text("server.pem")
        for part in [
            "DNS:a.example.com", "DNS:*.b.example.com", "IP Address:10.0.0.7", "IP Address:0:0:0:0:0:0:0:1",
            "CA:FALSE",
            "TLS Web Server Authentication", "NIST CURVE: P-256", "ecdsa-with-SHA256",
        ] {
            #expect(server.contains(part), "\(part)")
        }
        #expect(try await text("ca.pem").contains("CA:TRUE, pathlen:0"))
        for key in ["ca.key", "server.key"] {
            let mode = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(key)")[
                .posixPermissions
            ]
            #expect(mode as? Int == 0o600, "\(key)")
        }
        try await Program.succeed(
            "openssl",
            ["verify", "-CAfile", "\(folder.path)/ca.pem", "\(folder.path)/server.pem"]
        )
    }

    @Test("what is well stays; other names, a lost key and a near end make it anew, by the same authority")
    func renews() async throws {
        #expect(try await authority().renew())
        let (first, root) = (try content("server.pem"), try content("ca.pem"))
        #expect(try await !authority().renew())
        #expect(try content("server.pem") == first)
        #expect(try await authority(["other.example.com"]).renew())
        let second = try content("server.pem")
        #expect(second != first)
        try FileManager.default.removeItem(atPath: "\(folder.path)/server.key")
        #expect(try await authority(["other.example.com"]).renew())
        #expect(try content("server.pem") != second)
        // One that ends in 29 days.
        let signing = [
            "x509", "-req", "-in", "\(folder.path)/server.csr", "-CA", "\(folder.path)/ca.pem", "-CAkey",
            "\(folder.path)/ca.key", "-days", "29", "-out", "\(folder.path)/server.pem",
        ]
        try await Program.succeed("openssl", signing)
        let old = try content("server.pem")
        #expect(try await authority(["other.example.com"]).renew())
        #expect(try content("server.pem") != old)
        #expect(try content("ca.pem") == root)
        #expect(try await !authority(["other.example.com"]).renew())
    }

    @Test("without its authority all is made anew")
    func lostAuthority() async throws {
        try await authority().renew()
        try FileManager.default.removeItem(atPath: "\(folder.path)/ca.pem")
        #expect(try await authority().renew())
        try await Program.succeed(
            "openssl",
            ["verify", "-CAfile", "\(folder.path)/ca.pem", "\(folder.path)/server.pem"]
        )
    }
}
