import Foundation
import Glibc
import Reactor
import TestSupport
import Testing

@testable import WebClient

/// nginx with TLS in a folder of its own, on ports that were free a moment before.
struct Nginx: Sendable {
    private let ports: [UInt16]
    /// HTTP/2, and HTTP/1.1 where that is asked for.
    var http2: WebDestination { get throws { try WebDestination(host: "localhost", port: ports[0]) } }
    /// HTTP/1.1 alone.
    var http1: WebDestination { get throws { try WebDestination(host: "localhost", port: ports[1]) } }
    var expired: WebDestination { get throws { try WebDestination(host: "localhost", port: ports[2]) } }
    var wrongHost: WebDestination { get throws { try WebDestination(host: "localhost", port: ports[3]) } }
    var selfSigned: WebDestination { get throws { try WebDestination(host: "localhost", port: ports[4]) } }
    /// TLS 1.0 and 1.1 alone.
    var outdated: WebDestination { get throws { try WebDestination(host: "localhost", port: ports[5]) } }
    /// Wants a client's certificate.
    var mutual: WebDestination { get throws { try WebDestination(host: "localhost", port: ports[6]) } }

    /// The size of `/large`.
    static let largeSize = 100 << 20

    /// Starts it, uses it and ends it.
    static func run(_ certificates: Certificates, _ body: (Nginx) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/root",
            withIntermediateDirectories: true
        )
        let large = "\(folder.path)/root/large"
        try #require(FileManager.default.createFile(atPath: large, contents: nil))
        // Takes no room: a file without blocks.
        let isMade = unsafe truncate(large, off_t(largeSize)) == 0
        try #require(isMade)
        try String(repeating: "hello ", count: 10_000).write(
            toFile: "\(folder.path)/root/text.txt",
            atomically: true,
            encoding: .utf8
        )
        try await NginxProcess.run(in: folder, ports: 7) { ports in
            Nginx(ports: ports).servers(certificates)
        } _: { ports in
            try await body(Nginx(ports: ports))
        }
    }

    private func server(
        _ index: Int,
        _ more: String,
        _ pair: Certificates.Pair,
        _ options: String = ""
    ) -> String {
        """
        server {
            listen 127.0.0.1:\(ports[index]) ssl \(more);
            ssl_certificate \(pair.file);
            ssl_certificate_key \(pair.key);
            \(options)
            keepalive_requests 100000;
            location = /large { }
            location = /text.txt { gzip on; gzip_types text/plain; }
            location / {
                default_type text/plain;
                return 200 "$server_protocol $connection $ssl_client_s_dn";
            }
        }
        """
    }

    private func servers(_ certificates: Certificates) -> String {
        let servers = [
            server(0, "http2", certificates.good), server(1, "", certificates.good),
            server(2, "", certificates.expired), server(3, "", certificates.wrongHost),
            server(4, "", certificates.selfSigned),
            server(5, "", certificates.good, "ssl_protocols TLSv1 TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;"),
            server(
                6,
                "",
                certificates.good,
                "ssl_verify_client on; ssl_client_certificate \(certificates.authority);"
            ),
        ]
        return servers.joined(separator: "\n")
    }
}
