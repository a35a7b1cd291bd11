import Foundation
import Glibc
import Reactor
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
        let nginx = Nginx(ports: try freePorts(7))
        let path = "\(folder.path)/nginx.conf"
        try nginx.configuration(folder.path, certificates).write(
            toFile: path,
            atomically: true,
            encoding: .utf8
        )
        let arguments = ["-p", folder.path, "-e", "stderr", "-c", path, "-g", "daemon off;"]
        let process = try Program.start("nginx", arguments)
        do {
            try await answers(nginx.ports[0])
            try await body(nginx)
            process.signal(SIGTERM)
            _ = try await process.wait()
        } catch {
            process.signal(SIGKILL, toGroup: true)
            _ = try await process.wait()
            throw error
        }
    }

    /// Waits until somebody listens: nginx does not say when it does.
    private static func answers(_ port: UInt16) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while !isListening(port) {
            try #require(ContinuousClock.now < end, "nginx does not start")
            await Task.yield()
        }
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private static func withSocket<Value>(
        _ port: UInt16,
        _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(number) }
        let address = address(port)
        return unsafe withUnsafePointer(to: address) {
            // `sockaddr` is how every kind of address is passed.
            unsafe body(
                number,
                UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size)
            )
        }
    }

    private static func isListening(_ port: UInt16) -> Bool {
        unsafe withSocket(port) { unsafe connect($0, $1, $2) == 0 }
    }

    private static func freePorts(_ count: Int) throws -> [UInt16] {
        var ports: Set<UInt16> = []
        while ports.count < count {
            let port = unsafe withSocket(0) { number, address, length -> UInt16 in
                var bound = sockaddr_in()
                var size = length
                let isBound = unsafe bind(number, address, length) == 0
                let isNamed = unsafe withUnsafeMutablePointer(to: &bound) {
                    let raw = UnsafeMutableRawPointer($0)
                    return unsafe getsockname(number, raw.assumingMemoryBound(to: sockaddr.self), &size) == 0
                }
                return isBound && isNamed ? UInt16(bigEndian: bound.sin_port) : 0
            }
            try #require(port != 0)
            ports.insert(port)
        }
        return Array(ports)
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

    private func configuration(_ folder: String, _ certificates: Certificates) -> String {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path \(folder)/\($0);"
        }
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
        return """
            \(geteuid() == 0 ? "user root;" : "")
            worker_processes 1;
            pid \(folder)/nginx.pid;
            error_log stderr crit;
            events { worker_connections 2048; }
            http {
                access_log off;
                root \(folder)/root;
                \(temporary.joined(separator: " "))
                \(servers.joined(separator: "\n"))
            }
            """
    }
}
