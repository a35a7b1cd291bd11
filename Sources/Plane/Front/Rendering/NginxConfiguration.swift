/// All that nginx is told, and its text: the same values make the same text, so that two of them can be compared.
struct NginxConfiguration: Sendable, Equatable {
    /// Who runs nginx's workers.
    struct User: Sendable, Equatable {
        /// The user's name.
        let name: String
        /// The group's name.
        let group: String
    }

    /// Where one listens.
    struct Listener: Sendable, Equatable {
        /// `127.0.0.1:8443`, `[::1]:8443`.
        let address: String
        /// The port alone.
        let port: UInt16
    }

    /// The front's folder.
    let folder: FrontFolder
    /// The front's file.
    var document: FrontDocument
    /// Who answers; empty for nobody.
    var gateways: [GatewayAddress]
    /// Where plain HTTP is redirected.
    let http: Listener
    /// Where TLS is spoken.
    let https: Listener
    /// Host names of the certificate.
    let names: [String]
    /// The certificate and its key.
    var certificate: CertificateFiles
    /// Who runs the workers; nil for the user who starts nginx.
    let user: User?
    /// How many processes serve.
    let workers: Int
    /// How many connections each of them may have.
    let connections: Int
    /// Which share of the traces that begin here is recorded, 0 to 1.
    let sampled: Double
    /// Which nginx reads it.
    let version: NginxVersion

    /// The whole file.
    func text() -> String {
        let lines =
            ["# Written by `vigie front`, which overwrites it.", "# certificate \(certificate.mark)"] + main
        return lines.joined(separator: "\n") + "\n"
    }

    private var main: [String] {
        var lines = ["daemon off;", "master_process on;", "worker_processes \(workers);"]
        if let user { lines.append("user \(NginxText.quoted(user.name)) \(NginxText.quoted(user.group));") }
        lines += [
            "pid \(NginxText.quoted(folder.processFile));", "error_log stderr warn;",
            // How long WebSockets outlive a reload.
            "worker_shutdown_timeout 1h;",
        ]
        lines.append("worker_rlimit_nofile \(2 * connections);")
        lines += NginxText.block("events", ["worker_connections \(connections);"])
        return lines + NginxText.block("http", general + log + maps + limits + upstreams + servers)
    }

    private var general: [String] {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path \(NginxText.quoted("\(folder.temporary)/\($0)"));"
        }
        return temporary + MediaTypes.block + [
            "default_type application/octet-stream;", "server_tokens off;", "absolute_redirect off;",
            "sendfile on;", "log_not_found off;",
            // Each value of a variable that nobody set is the empty text.
            "uninitialized_variable_warn off;", "variables_hash_max_size 4096;", "map_hash_bucket_size 256;",
            "server_names_hash_bucket_size 256;",
        ] + clientTimes + compression
    }

    /// What clients may send, and how slowly (defaults.md, "Limits").
    private var clientTimes: [String] {
        var lines = [
            "client_header_timeout 10s;", "client_body_timeout 30s;", "send_timeout 30s;",
            "reset_timedout_connection on;", "keepalive_timeout 75s;", "keepalive_requests 100000;",
            // A request line of 16 KiB, and with its fields 32 KiB.
            "client_header_buffer_size 1k;", "large_client_header_buffers 2 16k;",
            "client_max_body_size \(document.bodyLimit);", "underscores_in_headers off;",
            "ignore_invalid_headers on;", "http2_max_concurrent_streams 128;",
        ]
        // A client that sends just when a worker leaves would find its connection closed.
        if version.hasKeepaliveMinimum { lines.append("keepalive_min_timeout 5s;") }
        return lines
    }

    private var compression: [String] {
        let types = [
            "application/json", "application/problem+json", "application/javascript", "application/xml",
            "application/manifest+json", "image/svg+xml", "text/css", "text/csv", "text/javascript",
            "text/plain",
            "text/xml",
        ]
        return [
            "gzip on;", "gzip_comp_level 4;", "gzip_min_length 1024;", "gzip_proxied any;", "gzip_vary on;",
            "gzip_types \(types.joined(separator: " "));",
        ]
    }

    private var log: [String] {
        [
            "log_format front escape=json '\(AccessLine.format)';",
            "access_log \(NginxText.quoted(folder.accessLog)) front;",
        ]
    }
}
