import Discovery
import Foundation
import TestSupport
import Testing

@testable import Front

@Suite("nginx's configuration") struct NginxConfigurationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func sample(
        _ change: (inout NginxConfiguration) throws -> Void = { _ in }
    ) throws -> NginxConfiguration {
        try .sample(in: "\(folder.path)/front", change)
    }

    @Test("the same values make the same text, each other value another one")
    func compared() throws {
        let text = try sample().text()
        #expect(try sample().text() == text)
        #expect(try sample { $0.gateways.removeLast() }.text() != text)
        #expect(try sample { $0.certificate.mark = "new" }.text() != text)
        #expect(try sample { $0.document.connections = 51 }.text() != text)
    }

    @Test("gateways are balanced by load and judged by nobody; sockets stay at one gateway")
    func upstreams() throws {
        let configuration = try sample()
        let servers = ["10.0.0.7", "[::1]", "gateway-1.internal"].map { "server \($0):3001 max_fails=0;" }
        #expect(configuration.block("upstream gateways").filter { $0.hasPrefix("server") } == servers)
        #expect(configuration.block("upstream gateways").contains("least_conn;"))
        #expect(configuration.block("upstream gateways").contains("keepalive 64;"))
        #expect(configuration.block("upstream sockets").contains("hash $remote_addr consistent;"))
        #expect(configuration.lines.contains("proxy_next_upstream error timeout;"))
        #expect(configuration.lines.contains("proxy_next_upstream_tries 2;"))
        #expect(!configuration.text().contains("non_idempotent") && !configuration.text().contains("http_50"))
    }

    @Test("without a gateway all that would be passed on is 503, and nothing names an upstream")
    func noGateway() throws {
        let configuration = try sample { $0.gateways = [] }
        #expect(configuration.block("location ^~ /api/").contains("return 503;"))
        #expect(
            !configuration.lines.contains { $0.hasPrefix("upstream ") }
                && !configuration.text().contains("proxy_pass")
        )
        #expect(configuration.block("location = /health").contains { $0.hasPrefix("return 503") })
    }

    @Test("each location has its zone, and a path is itself and what is below it")
    func locations() throws {
        let configuration = try sample()
        for head in ["location = /api/auth", "location ^~ /api/auth/"] {
            let lines = configuration.block(head)
            #expect(lines.contains("limit_req zone=zone_auth burst=5 nodelay;"))
            #expect(lines.contains("set $front_zone auth;"))
            #expect(lines.contains("proxy_pass http://gateways;"))
        }
        let socket = configuration.block("location = /api/ws")
        #expect(socket.contains("proxy_set_header Upgrade $front_upgrade;"))
        #expect(socket.contains("proxy_read_timeout 3600s;") && socket.contains("proxy_pass http://sockets;"))
        // A level that sets one field of its own inherits none.
        let own = configuration.requestFields(connection: "a", upgrade: "b").count
        #expect(socket.filter { $0.hasPrefix("proxy_set_header") }.count == own)
        #expect(configuration.lines.contains("limit_req_zone $front_client zone=zone_auth:10m rate=5r/m;"))
        #expect(configuration.lines.contains("limit_conn front_connections 50;"))
        #expect(configuration.lines.contains("client_max_body_size 2097152;"))
    }

    @Test("no location but the server adds fields, so that none is lost")
    func fields() throws {
        let lines = try sample().lines
        let added = lines.filter { $0.hasPrefix("add_header") }
        #expect(added.allSatisfy { $0.hasSuffix(" always;") })
        #expect(added.count == 2 * Set(added).count)
        for head in ["location ^~ /api/", "location /", "location ^~ /assets/"] {
            #expect(try !sample().block(head).contains { $0.hasPrefix("add_header") })
        }
    }

    @Test("static files may be kept as the document says")
    func files() throws {
        let configuration = try sample()
        #expect(configuration.block("location ^~ /assets/").contains("expires 3600s;"))
        #expect(configuration.block("location /").contains("expires -1;"))
        #expect(configuration.block("location /").contains("root \"/srv/site\";"))
        #expect(configuration.block("location ~ /\\.") == ["return 404;"])
    }

    @Test("words that came late are for those who know them")
    func versions() throws {
        let old = try sample()
        #expect(old.lines.contains("listen 127.0.0.1:8443 ssl http2 default_server;"))
        #expect(!old.text().contains("http2 on;") && !old.text().contains("keepalive_min_timeout"))
        let new = try sample { $0 = $0.with(NginxVersion(1, 28, 0)) }
        #expect(new.lines.contains("listen 127.0.0.1:8443 ssl default_server;"))
        #expect(new.lines.contains("http2 on;") && new.lines.contains("keepalive_min_timeout 5s;"))
    }

    @Test(
        "a share of the traces is recorded, as the setting says",
        arguments: [
            (1.0, "default 01;"), (0.0, "default 00;"), (0.25, "25.00% 01;"), (0.001, "0.10% 01;"),
            (0.000001, "0.01% 01;"),
        ]
    )
    func sampling(ratio: Double, line: String) throws {
        #expect(try sample { $0 = $0.with(sampled: ratio) }.lines.contains(line))
    }

    @Test("the user is named only where root starts nginx")
    func user() throws {
        #expect(try sample().lines.contains("user \"www-data\" \"www-data\";"))
    }

    private static let hostile = [
        "a b", "a;", "a{", "a}", "a\"b", "a'b", "$host", "a\nb", "unix:/x", "a/b", "a#b", "", "a:b", "é",
        "127.0.0.1;",
        String(repeating: "a", count: 254),
    ]

    @Test("what the registry says becomes no configuration", arguments: hostile)
    func hostileHost(host: String) {
        #expect(GatewayAddress(host: host, port: 80) == nil)
        #expect(GatewaySet.choice(of: [DiscoveredInstance(id: "a", host: host, port: 80)]) == [])
    }

    @Test(
        "a version is read from what nginx prints",
        arguments: [
            ("nginx version: nginx/1.22.1", "1.22.1"), ("nginx version: nginx/1.28.0 (Ubuntu)", "1.28.0"),
        ]
    )
    func version(text: String, number: String) {
        #expect(NginxVersion(printed: text)?.description == number)
        #expect(NginxVersion(printed: "apache 2") == nil && NginxVersion(printed: "x/1.2") == nil)
    }
}

extension NginxConfiguration {
    fileprivate func with(_ version: NginxVersion? = nil, sampled: Double? = nil) -> NginxConfiguration {
        NginxConfiguration(
            folder: folder,
            document: document,
            gateways: gateways,
            http: http,
            https: https,
            names: names,
            certificate: certificate,
            user: user,
            workers: workers,
            connections: connections,
            sampled: sampled ?? self.sampled,
            version: version ?? self.version
        )
    }
}
