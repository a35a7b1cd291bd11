public import HTTP

/// How a web client connects, whom it trusts, and how long it waits.
public struct WebClientSettings: Sendable {
    /// Who may vouch for a server. There is no way to turn verification off.
    public enum Trust: Sendable, Hashable {
        /// The system's authorities.
        case system
        /// The system's authorities and those of a PEM file: an authority of one's own.
        case systemAnd(file: String)
        /// Those of a PEM file alone.
        case only(file: String)
    }

    /// Which addresses may be connected to. They are looked at after the name was resolved, for each connection, so a
    /// name that changes its address in between (DNS rebinding) is of no use.
    public enum Addresses: Sendable, Hashable {
        /// All.
        case any
        /// Those of the public Internet alone, for URLs that a user supplies (SSRF): not loopback, private, link-local,
        /// shared, documentation, multicast or reserved ones (IANA's special-purpose registries). Excludes a proxy,
        /// which would resolve the name by itself.
        case publicOnly
        /// Those that are not of the public Internet alone, for what is spoken without TLS: a name that leads outside is
        /// refused. Excludes a proxy, too.
        case privateOnly
    }

    /// Whom to trust. Default ``Trust/system``.
    public var trust = Trust.system
    /// What this client shows of itself where a server asks. Default none.
    public var certificate: WebClientCertificate?
    /// By which proxy. Default ``WebProxy/environment``.
    public var proxy = WebProxy.environment
    /// Which addresses may be connected to. Default ``Addresses/any``.
    public var addresses = Addresses.any
    /// Redirects that a GET or HEAD without content follows, to `http` and `https` alone; `Authorization` and `Cookie`
    /// go to the first host only, all other fields to each. Default 0: a redirect is an answer like others.
    public var redirectLimit = 0
    /// Whether HTTP/2 is offered (ALPN), beside HTTP/1.1. Default true.
    ///
    /// A request whose content is a stream or over 64 KiB goes by HTTP/1.1.
    public var offersHTTP2 = true
    /// Whether compressed answers (gzip, br, zstd) are asked for and decompressed. Default false; where it is true,
    /// limit what you collect: a small answer may become a large content.
    public var decompresses = false
    /// How large an answer's head may be.
    public var limits = HTTPLimits()
    /// Connections from one loop. Default 256.
    public var connectionsPerLoop = 256
    /// Connections to one host from one loop. Default 64.
    public var connectionsPerHost = 64
    /// Calls in progress on one loop, those that wait for a connection among them; one more fails at once.
    /// Default 1024.
    public var callsPerLoop = 1024
    /// How long an unused connection is good for another call. Default 60 s.
    public var idleTimeout = Duration.seconds(60)
    /// How long a call may take, where it doesn't say otherwise. `connect` is TCP's part alone; name look-up and
    /// waiting for a connection count towards `total`, the TLS handshake towards `attempt`.
    public var timeouts = HTTPTimeouts()

    /// Takes the defaults.
    public init() {}

    func check() throws(WebClientError) {
        guard connectionsPerLoop > 0, connectionsPerHost > 0, callsPerLoop > 0, redirectLimit >= 0 else {
            throw .invalidSettings("a limit is less than 1")
        }
        if addresses != .any, case .url = proxy {
            throw .invalidSettings(
                "addresses is \(addresses), which a proxy would get around; set proxy to none"
            )
        }
    }
}

/// A client's certificate and key, in PEM files.
public struct WebClientCertificate: Sendable, Hashable, CustomStringConvertible {
    /// The path of the certificate, with the chain behind it.
    public let file: String
    /// The path of the private key.
    public let keyFile: String
    let passphrase: String?

    /// Names the files; a passphrase where the key is encrypted.
    public init(file: String, keyFile: String, passphrase: String? = nil) {
        self.file = file
        self.keyFile = keyFile
        self.passphrase = passphrase
    }

    /// The files, without the passphrase.
    public var description: String { "\(file), key \(keyFile)" }
}

/// By which proxy calls go.
public enum WebProxy: Sendable, Hashable, CustomStringConvertible {
    /// What the variables `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` say when the call is made, as libcurl
    /// defines them (libcurl-env(3)).
    case environment
    /// None.
    case none
    /// `http://[user:password@]host:port`; hosts and domains named in `except` go direct, `*` means all.
    case url(String, except: [String] = [])

    /// The kind alone: a proxy's URL may hold a password.
    public var description: String {
        switch self {
        case .environment: "environment"
        case .none: "none"
        case .url: "url"
        }
    }
}
