/// What is passed on, what is static, and what is nobody's business.
extension NginxConfiguration {
    /// Never passed on, however it is spelt: nginx compares paths without dot segments, doubled slashes and escapes.
    private static let hidden = ["/metrics", "/health", "/admin", "/.front/", "/.well-known/acme-challenge"]

    var places: [String] {
        var lines = health
        lines += Self.hidden.flatMap { NginxText.block("location ^~ \($0)", ["return 404;"]) }
        lines += document.locations.flatMap(passed)
        if let folder = document.staticFolder {
            lines += document.cache.flatMap { rule in
                heads(rule.path).flatMap { files(folder, $0, expires: "\(rule.maxAge.components.seconds)s") }
            }
            if !document.cache.contains(where: \.path.text.isEmpty) {
                lines += files(folder, "location /", expires: "-1")
            }
        } else if !document.locations.contains(where: \.path.text.isEmpty) {
            lines += NginxText.block("location /", ["return 404;"])
        }
        return lines
    }

    /// A path itself, and all below it.
    private func heads(_ path: FrontPath) -> [String] {
        path.text.isEmpty ? ["location /"] : ["location = \(path.text)", "location ^~ \(path.text)/"]
    }

    private func passed(_ location: FrontLocation) -> [String] {
        let zone = document.zones.first { $0.name == location.zone }
        var lines = ["set $front_zone \(zone?.name ?? "none");"]
        if gateways.isEmpty {
            lines.append("return 503;")
        } else {
            if let zone { lines.append("limit_req zone=zone_\(zone.name) burst=\(zone.burst) nodelay;") }
            if location.isWebSocket {
                // Where nobody asks for an upgrade this is an ordinary request.
                lines += requestFields(connection: "$front_connection", upgrade: "$front_upgrade")
            }
            lines.append("proxy_read_timeout \(location.timeout.components.seconds)s;")
            lines.append("proxy_pass http://\(location.isWebSocket ? "sockets" : "gateways");")
        }
        return heads(location.path).flatMap { NginxText.block($0, lines) }
    }

    private func files(_ folder: String, _ head: String, expires: String) -> [String] {
        let lines = [
            "set $front_zone static;", "root \(NginxText.quoted(folder));", "index index.html;",
            "disable_symlinks on from=$document_root;", "expires \(expires);",
        ]
        // Files whose names begin with a dot are nobody's business.
        let hidden = head.hasPrefix("location =") ? [] : NginxText.block("location ~ /\\.", ["return 404;"])
        return NginxText.block(head, lines + hidden)
    }
}
