import Foundation
import Reactor
import TestSupport

/// nginx as a server and as a proxy.
enum Nginx {
    /// Starts it with `locations` inside its one server, uses it and ends it.
    ///
    /// It keeps 16 connections to the addresses of its group `upstream`; `files` lie in its root, by name.
    static func run(
        upstream: [SocketAddress] = [],
        files: [String: [UInt8]] = [:],
        _ locations: String,
        _ body: (SocketAddress) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let root = folder.url.appending(path: "root")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: false)
        for (name, content) in files { try Data(content).write(to: root.appending(path: name)) }
        let servers = upstream.map { "server \($0);" }.joined(separator: " ")
        try await NginxProcess.run(in: folder) { ports in
            """
            client_max_body_size 64m;
            \(upstream.isEmpty ? "" : "upstream upstream { \(servers) keepalive 16; }")
            server {
                listen 127.0.0.1:\(ports[0]);
                \(locations)
            }
            """
        } _: { ports in
            try await body(.loopback(port: ports[0]))
        }
    }

    /// Passes all on to the group `upstream`, over kept connections, as it comes.
    static let proxy = """
        location / {
            proxy_pass http://upstream;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_request_buffering off;
        }
        """
}
