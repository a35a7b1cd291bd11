public import HTTP
import Telemetry

/// One process that serves a service, or the host of an interface outside: where an attempt goes.
///
/// It never changes, and its texts are made once. Two with the same id and origin are the same.
public final class ServiceInstance: Sendable, Hashable, CustomStringConvertible {
    /// What is spoken with it.
    public enum Scheme: String, Sendable, Hashable {
        /// Plain text.
        case http
        /// TLS.
        case https
    }

    /// Names it in metrics: the registry's id, or host and port.
    public let id: String
    /// What is spoken with it.
    public let scheme: Scheme
    /// Host and port, or an address.
    public let destination: HTTPDestination
    /// The name or numeric address, `server.address`.
    public let host: String
    /// `http://10.0.0.7:8080`: what stands before a path in `url.full`.
    let origin: String
    /// `server.address` and `server.port`.
    let attributes: SharedAttributes

    /// Takes an address; without an id it is named after that.
    public init(_ destination: HTTPDestination, scheme: Scheme = .http, id: String? = nil) {
        self.destination = destination
        self.scheme = scheme
        self.id = id ?? destination.description
        host = destination.host
        let text = destination.port == nil ? destination.authority : destination.description
        let suffix = scheme == .https ? ":443" : ":80"
        let authority = text.hasSuffix(suffix) ? text.dropLast(suffix.utf8.count) : text[...]
        origin = "\(scheme.rawValue)://\(authority)"
        var attributes: Attributes = [.serverAddress: .string(host)]
        if let port = destination.port { attributes[.serverPort] = .int(Int(port)) }
        self.attributes = SharedAttributes(attributes)
    }

    /// The port; nil for a Unix socket.
    public var port: UInt16? { destination.port }

    /// Its origin: scheme, host and port.
    public var description: String { origin }

    /// Whether both are the same instance.
    public static func == (left: ServiceInstance, right: ServiceInstance) -> Bool {
        left === right || left.id == right.id && left.origin == right.origin
    }

    /// Feeds the id.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
