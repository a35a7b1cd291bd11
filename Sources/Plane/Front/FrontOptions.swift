import Configuration
import Reactor

/// The settings of `vigie front` beside those of every service.
struct FrontOptions: ConfigurationPart {
    var file: String?
    var directory = ".vigie/front"
    var host = "127.0.0.1"
    var httpPort = 8080
    var httpsPort = 8443
    var names = ["localhost"]
    var certificate: String?
    var key: String?
    var nginx = "nginx"
    var workers = 1
    var logLimit = 64 << 20

    static let title = "Front"
    static let settings: [Setting<Self>] =
        places + [
            Setting(
                "front.file",
                \.file,
                .optional(.text()),
                help: "The file of locations and limits; read again when it changes. None: all is passed on."
            ),
            Setting(
                "front.directory",
                \.directory,
                .text(),
                help: "The folder of all that it writes, one for each front."
            ),
            Setting("front.nginx", \.nginx, .text(), help: "nginx, by its name or path."),
            Setting(
                "front.workers",
                \.workers,
                .integer(1...256),
                help: "How many of nginx's processes serve."
            ),
            Setting(
                "front.log-limit",
                \.logLimit,
                .byteCount((64 << 10)...(1 << 40)),
                help: "At which size a file of the access log is put aside; three are kept."
            ),
        ]

    private static let places: [Setting<Self>] = [
        Setting(
            "front.host",
            \.host,
            .text(rule: "a numeric IPv4 or IPv6 address") {
                !$0.hasPrefix("unix:") && SocketAddress(numericHost: $0, port: 0) != nil
            },
            help: "Where nginx listens; 0.0.0.0 for all interfaces."
        ),
        Setting("front.http-port", \.httpPort, .integer(1...65_535), help: "Where plain HTTP is redirected."),
        Setting("front.https-port", \.httpsPort, .integer(1...65_535), help: "Where TLS is spoken."),
        Setting(
            "front.name",
            \.names,
            .list(of: .text(rule: "a host's name or numeric address", isName), atMost: 100),
            help: "The names that the certificate is for, beside localhost."
        ),
        Setting(
            "front.certificate",
            \.certificate,
            .optional(.text(rule: "a path without $", NginxText.isPath)),
            help: "The certificate, PEM; none: one is made by an authority of this front's own."
        ),
        Setting(
            "front.key",
            \.key,
            .optional(.text(rule: "a path without $", NginxText.isPath)),
            help: "Its private key, PEM."
        ),
    ]

    func contradictions() -> [String] {
        var list: [String] = []
        if (certificate == nil) != (key == nil) {
            list.append("front.certificate and front.key are needed together")
        }
        if httpPort == httpsPort { list.append("front.http-port and front.https-port must differ") }
        return list
    }

    /// All names of the certificate.
    var allNames: [String] {
        var seen: Set<String> = []
        return (names + ["localhost", "127.0.0.1", "::1"]).filter { seen.insert($0).inserted }
    }

    /// A place to listen at.
    func address(_ port: Int) -> SocketAddress {
        SocketAddress(numericHost: host, port: UInt16(port)) ?? .loopback(port: UInt16(port))
    }

    /// Labels of RFC 1123 §2.1, with `*` for the first at most; or a numeric address.
    private static func isName(_ name: String) -> Bool {
        if SocketAddress(numericHost: name, port: 0) != nil {
            return !name.hasPrefix("unix:") && !name.contains("%")
        }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return (1...253).contains(name.utf8.count)
            && labels.enumerated().allSatisfy { number, label in
                if number == 0, label == "*", labels.count > 2 { return true }
                return (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy {
                        (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0)
                            || $0 == UInt8(ascii: "-")
                    }
            }
    }
}
