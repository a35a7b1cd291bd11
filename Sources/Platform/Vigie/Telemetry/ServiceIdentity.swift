import Glibc
import Telemetry

/// Who a process is, in all that it tells.
public struct ServiceIdentity: Sendable {
    /// The service.
    public let name: ServiceName
    /// What was built: the service's own version.
    public let version: String
    /// This process beside others of the service: `<service>-<host>-<port>` unless it was configured.
    public let instance: String
    /// The system that the service is a part of; empty for none.
    public let namespace: String

    /// Names a process.
    public init(name: ServiceName, version: String, instance: String, namespace: String = "") {
        self.name = name
        self.version = version
        self.instance = instance
        self.namespace = namespace
    }

    /// `port` is the one that the process listens at; nil for a Unix socket.
    init(_ name: ServiceName, _ version: String, _ options: InstanceOptions, port: UInt16?) {
        self.init(
            name: name,
            version: version,
            // Behind a Unix socket the process's own number is as good a name.
            instance: options.id ?? "\(name)-\(Self.hostName)-\(port.map { "\($0)" } ?? "p\(getpid())")",
            namespace: options.namespace
        )
    }

    /// This process as an instance of another name that it answers for: `<alias>-<host>-<port>`.
    func instance(of alias: ServiceName) -> String {
        let own = "\(name)-"
        return instance.hasPrefix(own) ? "\(alias)-\(instance.dropFirst(own.count))" : "\(alias)-\(instance)"
    }

    /// The resource's attributes (OpenTelemetry, "Service").
    var attributes: Attributes {
        var attributes: Attributes = [
            .serviceName: .string(name.name), .serviceInstanceID: .string(instance),
            .serviceVersion: .string(version),
        ]
        if !namespace.isEmpty { attributes[.serviceNamespace] = .string(namespace) }
        return attributes
    }

    private static var hostName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
        let name = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String(name.prefix { $0 != "." })
    }
}
