/// The servers: for TLS, for plain HTTP, and for the front itself.
extension NginxConfiguration {
    var servers: [String] {
        NginxText.block("server", secure + problems + [""] + places)
            + NginxText.block("server", plain + problems)
            + NginxText.block("server", status)
    }

    private var secure: [String] {
        let http2 =
            version.hasHTTP2Directive
            ? ["listen \(https.address) ssl default_server;", "http2 on;"]
            : [
                "listen \(https.address) ssl http2 default_server;"
            ]
        return http2 + [
            "server_name \(names.map { NginxText.quoted($0) }.joined(separator: " "));",
            "ssl_certificate \(NginxText.quoted(certificate.certificate));",
            "ssl_certificate_key \(NginxText.quoted(certificate.key));",
            // 1.2 for those who can't do better yet, with forward secrecy and authenticated encryption alone.
            "ssl_protocols TLSv1.2 TLSv1.3;", "ssl_ciphers \(Self.ciphers);",
            "ssl_prefer_server_ciphers off;",
            "ssl_session_cache shared:front_tls:10m;", "ssl_session_timeout 1d;", "ssl_session_tickets off;",
            "limit_conn front_connections \(document.connections);",
        ] + fields + proxying
    }

    private static let ciphers = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    ].joined(separator: ":")

    private var plain: [String] {
        let challenge = [
            "root \(NginxText.quoted(folder.challenges));", "default_type text/plain;",
        ]
        let port = https.port == 443 ? "" : ":\(https.port)"
        return ["listen \(http.address) default_server;", "server_name _;"] + fields + health
            + NginxText.block("location ^~ /.well-known/acme-challenge/", challenge)
            + NginxText.block("location /", ["return 308 https://$host\(port)$request_uri;"])
    }

    private var status: [String] {
        [
            "listen unix:\(folder.socket);", "access_log off;", "keepalive_timeout 0;",
        ] + NginxText.block("location = /status", ["stub_status;"])
            + NginxText.block("location /", ["return 404;"])
    }

    /// What the front says of itself, to whoever balances over fronts.
    var health: [String] {
        let answer = gateways.isEmpty ? "503 '{\"status\":\"fail\"}'" : "200 '{\"status\":\"pass\"}'"
        return NginxText.block(
            "location = /health",
            ["access_log off;", "default_type application/health+json;", "return \(answer);"]
        )
    }

    /// The same for all answers, since a location that adds one field of its own would lose the others.
    private var fields: [String] {
        [
            ("Strict-Transport-Security", "$front_out_strict_transport_security"),
            ("X-Content-Type-Options", "$front_out_x_content_type_options"),
            ("Referrer-Policy", "$front_out_referrer_policy"), ("X-Request-Id", "$front_out_x_request_id"),
            ("traceresponse", "$front_out_traceresponse"), ("Content-Security-Policy", "$front_csp"),
            ("Retry-After", "$front_retry_after"), ("RateLimit-Policy", "$front_policy"),
        ].map { "add_header \($0.0) \($0.1) always;" }
    }

    private var problems: [String] {
        FrontProblem.all.map(\.directive) + FrontProblem.all.flatMap(\.location)
    }

    private var proxying: [String] {
        [
            "proxy_http_version 1.1;", "proxy_connect_timeout 1s;", "proxy_send_timeout 30s;",
            "proxy_socket_keepalive on;",
            // Never on 502 or 503: the gateway has tried again already, and a refusal must not double the load.
            "proxy_next_upstream error timeout;", "proxy_next_upstream_tries 2;",
            "proxy_next_upstream_timeout 10s;",
            "proxy_buffering off;", "proxy_request_buffering off;", "proxy_buffer_size 32k;",
            "proxy_buffers 4 32k;", "proxy_busy_buffers_size 64k;",
            "proxy_redirect off;",
            // A service must not steer nginx.
            "proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset;",
        ] + requestFields(connection: "\"\"", upgrade: "\"\"")
    }

    /// What goes along to a gateway; nginx leaves out a field whose value is empty.
    func requestFields(connection: String, upgrade: String) -> [String] {
        let ours = [
            ("Connection", connection), ("Upgrade", upgrade), ("Host", "$host$front_port"),
            ("X-Request-Id", "$front_request_id"),
            ("traceparent", "\"00-$front_trace-$front_parent-$front_flags\""),
            ("tracestate", "$front_tracestate"), ("X-Forwarded-For", "$remote_addr"),
            ("X-Forwarded-Proto", "$scheme"), ("X-Forwarded-Host", "$host$front_port"),
        ]
        // nginx can't drop by a prefix: the gateway drops every other X-Auth-* and X-Forwarded-* itself.
        let dropped = [
            "Forwarded", "X-Real-IP", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Server",
            "X-Forwarded-User",
            "X-Auth-Subject", "X-Auth-Roles", "X-Auth-Scopes", "X-Original-URL", "X-Rewrite-URL",
            "X-Trace-Keep", "Proxy",
        ]
        return ours.map { "proxy_set_header \($0.0) \($0.1);" }
            + dropped.map { "proxy_set_header \($0) \"\";" }
    }
}
