import TestSupport

@testable import Front

extension NginxConfiguration {
    /// A configuration with a bit of everything.
    static func sample(
        in folder: String,
        _ change: (inout NginxConfiguration) throws -> Void = { _ in }
    ) throws -> NginxConfiguration {
        let text = """
            {"zones": {"api": {"rate": "10/s", "burst": 20}, "auth": {"rate": "5/min", "burst": 5}}, "connections": 50,
             "bodyLimit": "2MiB", "static": "/srv/site", "cache": [{"path": "/assets", "maxAge": "1h"}],
             "locations": [{"path": "/api/auth/", "zone": "auth"}, {"path": "/api/", "zone": "api"},
                           {"path": "/api/ws", "websocket": true, "zone": "api"}]}
            """
        var configuration = NginxConfiguration(
            folder: try FrontFolder(making: folder),
            document: try FrontDocument(parsing: Array(text.utf8), in: "/"),
            gateways: ["10.0.0.7", "::1", "gateway-1.internal"].compactMap {
                GatewayAddress(host: $0, port: 3_001)
            },
            http: .init(address: "127.0.0.1:8080", port: 8_080),
            https: .init(address: "127.0.0.1:8443", port: 8_443),
            names: ["localhost", "*.example.com"],
            certificate: CertificateFiles(certificate: "/etc/a b.pem", key: "/etc/a.key"),
            user: .init(name: "www-data", group: "www-data"),
            workers: 2,
            connections: 1_024,
            sampled: 1,
            version: NginxVersion(1, 22, 1)
        )
        try change(&configuration)
        return configuration
    }

    /// The lines of its text, without the white space around them.
    var lines: [String] { text().split(separator: "\n").map { String($0.drop { $0 == " " }) } }

    /// The lines inside a block that begins with `head`; empty without one.
    func block(_ head: String) -> [String] {
        var depth = 0
        var found: [String] = []
        for line in lines {
            if depth > 0 {
                if line == "}" { depth -= 1 } else if line.hasSuffix("{") { depth += 1 }
                if depth == 0 { return found }
                found.append(line)
            } else if line == "\(head) {" {
                depth = 1
            }
        }
        return found
    }
}
