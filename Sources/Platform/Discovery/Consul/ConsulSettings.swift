public import Configuration
import Resilience
public import Secrets

/// How Consul is reached: the variables of its own tools (`CONSUL_HTTP_ADDR` and its kind), and nothing of ours.
public struct ConsulSettings: ConfigurationPart, Equatable {
    /// `CONSUL_HTTP_ADDR`; nil where nobody has set it, which for Consul's own tools means `127.0.0.1:8500`.
    public var address: ConsulAddress?
    /// `CONSUL_HTTP_TOKEN`, or the content of the file that `CONSUL_HTTP_TOKEN_FILE` names; default none.
    public var token: Secret?
    /// `CONSUL_HTTP_AUTH`, `user:password` of a proxy before Consul; default none.
    public var authentication: Secret?
    /// `CONSUL_HTTP_SSL`, default false: whether an address without scheme means `https`.
    public var usesTLS = false
    /// `CONSUL_CACERT`: a PEM file of the authorities to trust; default the system's.
    public var authorityFile: String?
    /// `CONSUL_CLIENT_CERT`: a PEM file, shown to Consul; with ``clientKeyFile``.
    public var clientCertificateFile: String?
    /// `CONSUL_CLIENT_KEY`: the PEM file of its key.
    public var clientKeyFile: String?
    /// `CONSUL_DATACENTER`, sent as `dc`; default the agent's own.
    public var datacenter: String?

    // What can't be done here is refused, and not passed over: a setting that silently does nothing misleads.
    var verifiesTLS = true
    var authorityFolder: String?
    var serverName: String?
    var namespace: String?
    var partition: String?

    /// Makes the defaults.
    public init() {}

    /// The address with the scheme that is in force, ``ConsulAddress/standard`` where none is set.
    public var endpoint: ConsulAddress {
        let address = address ?? .standard
        guard usesTLS, !address.namesScheme else { return address }
        return ConsulAddress(address.destination, scheme: .https)
    }

    /// The heading in `--help`.
    public static let title = "Consul"
    /// The declarations.
    public static let settings: [Setting<Self>] = access + transport + unsupported

    private static let access: [Setting<Self>] = [
        Setting(
            "consul.address",
            \.address,
            .optional(.consulAddress),
            environment: "CONSUL_HTTP_ADDR",
            help: "The registry: Consul's agent, or the embedded one; none: no discovery."
        ),
        Setting(
            "consul.token",
            \.token,
            .optional(.secret()),
            environment: "CONSUL_HTTP_TOKEN",
            help: "The token of Consul's access control."
        ),
        Setting(
            "consul.auth",
            \.authentication,
            .optional(.secret()),
            environment: "CONSUL_HTTP_AUTH",
            help: "user:password, where a proxy before Consul asks for it."
        ),
        Setting(
            "consul.datacenter",
            \.datacenter,
            .optional(.text(1...128)),
            environment: "CONSUL_DATACENTER",
            help: "Another datacenter than the agent's."
        ),
    ]

    private static let transport: [Setting<Self>] = [
        Setting(
            "consul.ssl",
            \.usesTLS,
            .boolean,
            environment: "CONSUL_HTTP_SSL",
            help: "Whether an address without scheme means https."
        ),
        Setting(
            "consul.ca-cert",
            \.authorityFile,
            .optional(.text()),
            environment: "CONSUL_CACERT",
            help: "A PEM file of authorities."
        ),
        Setting(
            "consul.client-cert",
            \.clientCertificateFile,
            .optional(.text()),
            environment: "CONSUL_CLIENT_CERT",
            help: "A PEM file that is shown to Consul."
        ),
        Setting(
            "consul.client-key",
            \.clientKeyFile,
            .optional(.text()),
            environment: "CONSUL_CLIENT_KEY",
            help: "The PEM file of its key."
        ),
    ]

    private static let unsupported: [Setting<Self>] = [
        Setting(
            "consul.ssl-verify",
            \.verifiesTLS,
            .boolean,
            environment: "CONSUL_HTTP_SSL_VERIFY",
            help: "Only true: certificates are always verified."
        ),
        Setting(
            "consul.ca-path",
            \.authorityFolder,
            .optional(.text()),
            environment: "CONSUL_CAPATH",
            help: "Not supported: name one file by CONSUL_CACERT."
        ),
        Setting(
            "consul.tls-server-name",
            \.serverName,
            .optional(.text()),
            environment: "CONSUL_TLS_SERVER_NAME",
            help: "Not supported: name the host of the certificate in CONSUL_HTTP_ADDR."
        ),
        Setting(
            "consul.namespace",
            \.namespace,
            .optional(.text()),
            environment: "CONSUL_NAMESPACE",
            help: "Not supported: a part of Consul Enterprise."
        ),
        Setting(
            "consul.partition",
            \.partition,
            .optional(.text()),
            environment: "CONSUL_PARTITION",
            help: "Not supported: a part of Consul Enterprise."
        ),
    ]

    /// What can't be done, and what needs something else.
    public func contradictions() -> [String] {
        var problems: [String] = []
        if !verifiesTLS {
            problems.append(
                "CONSUL_HTTP_SSL_VERIFY is false: certificates are always verified; trust an authority by CONSUL_CACERT"
            )
        }
        if authorityFolder != nil {
            problems.append("CONSUL_CAPATH is not supported; name one file by CONSUL_CACERT")
        }
        if serverName != nil {
            problems.append(
                "CONSUL_TLS_SERVER_NAME is not supported; name the certificate's host in CONSUL_HTTP_ADDR"
            )
        }
        if namespace != nil {
            problems.append("CONSUL_NAMESPACE is not supported: a part of Consul Enterprise")
        }
        if partition != nil {
            problems.append("CONSUL_PARTITION is not supported: a part of Consul Enterprise")
        }
        if (clientCertificateFile == nil) != (clientKeyFile == nil) {
            problems.append("CONSUL_CLIENT_CERT and CONSUL_CLIENT_KEY go together; set both or none")
        }
        let wantsTLS = authorityFile ?? clientCertificateFile
        if wantsTLS != nil, endpoint.scheme != .https {
            problems.append(
                "CONSUL_CACERT and CONSUL_CLIENT_CERT need https in CONSUL_HTTP_ADDR or CONSUL_HTTP_SSL=true"
            )
        }
        return problems
    }
}
