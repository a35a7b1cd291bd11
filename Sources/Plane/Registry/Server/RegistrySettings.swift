public import Reactor
public import Secrets

/// How a registry runs.
public struct RegistrySettings: Sendable {
    /// Where it listens. Default: 127.0.0.1:8500, as Consul's agent.
    public var address = SocketAddress.loopback(port: 8500)
    /// Where it answers questions of DNS, over UDP and TCP; nil for nowhere. Nobody is asked for a token there.
    public var dnsAddress: SocketAddress?
    /// The folder of its log and snapshots; nil keeps all in memory, and a restart begins empty.
    public var dataFolder: String?
    /// Without it in a request the answer is 403; nil asks for none.
    public var token: Secret?
    /// The name of the one node.
    public var nodeName = "localhost"
    /// The length of a log, in bytes, from which a snapshot replaces it. Default 64 MiB.
    public var snapshotByteCount = 64 << 20

    /// Takes the defaults.
    public init() {}
}
