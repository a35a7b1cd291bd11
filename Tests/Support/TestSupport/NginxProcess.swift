import Foundation
import Glibc
import Reactor

/// nginx in a folder of its own, on ports that were free a moment before.
package enum NginxProcess {
    /// Starts it, uses it and ends it.
    ///
    /// `servers` is what stands inside `http`, for `count` ports; its root is `root` in `folder`.
    package static func run(
        in folder: TemporaryFolder,
        ports count: Int = 1,
        servers: ([UInt16]) -> String,
        _ body: ([UInt16]) async throws -> Void
    ) async throws {
        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "root"),
            withIntermediateDirectories: true
        )
        let ports = try LoopbackPort.free(count)
        let path = "\(folder.path)/nginx.conf"
        try configuration(folder.path, servers(ports)).write(toFile: path, atomically: true, encoding: .utf8)
        let arguments = ["-p", folder.path, "-e", "stderr", "-c", path, "-g", "daemon off;"]
        let process = try Program.start("nginx", arguments)
        do {
            // It does not say when it listens.
            try await LoopbackPort.answers(ports[0])
            try await body(ports)
            process.signal(SIGTERM)
        } catch {
            process.signal(SIGKILL, toGroup: true)
            _ = try await process.wait()
            throw error
        }
        let exit = try await process.wait()
        guard exit == .exited(0) else { throw Ended(exit: exit) }
    }

    /// It did not end well.
    package struct Ended: Error { let exit: ChildProcess.Exit }

    private static func configuration(_ folder: String, _ servers: String) -> String {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path \(folder)/\($0);"
        }
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
                \(servers)
            }
            """
    }
}
