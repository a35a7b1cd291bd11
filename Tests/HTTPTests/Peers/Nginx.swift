import Foundation
import Glibc
import Reactor
import Testing

@testable import HTTP

/// nginx in a folder of its own, on a port that was free a moment before.
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
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "vigie-nginx-\(UUID().uuidString)"
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("root"),
            withIntermediateDirectories: true
        )
        for (name, content) in files {
            try Data(content).write(to: folder.appendingPathComponent("root/\(name)"))
        }
        let (number, address) = try ScriptedServer.listen(at: .loopback(port: 0), backlog: 1)
        close(number)
        let path = folder.appendingPathComponent("nginx.conf").path
        let text = configuration(folder.path, address, upstream, locations)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let arguments = ["-p", folder.path, "-e", "stderr", "-c", path, "-g", "daemon off;"]
        try await PeerServer.run("nginx", arguments) { _ in
            try await answers(address)
            return address
        } _: { address, _ in
            try await body(address)
        }
    }

    /// Waits until somebody listens: nginx does not say when it does.
    private static func answers(_ address: SocketAddress) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while true {
            do {
                _ = try BlockingSocket.connect(to: address)
                return
            } catch {
                try #require(ContinuousClock.now < end, "nginx does not start")
                await Task.yield()
            }
        }
    }

    private static func configuration(
        _ folder: String,
        _ address: SocketAddress,
        _ upstream: [SocketAddress],
        _ locations: String
    ) -> String {
        let servers = upstream.map { "server \($0);" }.joined(separator: " ")
        return """
            \(geteuid() == 0 ? "user root;" : "")
            worker_processes 1;
            pid \(folder)/nginx.pid;
            error_log stderr crit;
            events { worker_connections 512; }
            http {
                access_log off;
                client_max_body_size 64m;
                client_body_temp_path \(folder)/body;
                proxy_temp_path \(folder)/proxy;
                fastcgi_temp_path \(folder)/fastcgi;
                uwsgi_temp_path \(folder)/uwsgi;
                scgi_temp_path \(folder)/scgi;
                \(upstream.isEmpty ? "" : "upstream upstream { \(servers) keepalive 16; }")
                server {
                    listen \(address);
                    root \(folder)/root;
                    \(locations)
                }
            }
            """
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
