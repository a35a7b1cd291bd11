import Vigie

/// Who declared a route. What comes first here wins where two want the same requests.
enum RouteSource: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The gateway's file.
    case file
    /// An operator, by the admin interface.
    case admin
    /// A service, for itself.
    case service(ServiceName)

    /// As it is shown to operators.
    var description: String {
        switch self {
        case .file: "file"
        case .admin: "admin"
        case .service(let name): "service \(name)"
        }
    }

    private var rank: Int {
        switch self {
        case .file: 0
        case .admin: 1
        case .service: 2
        }
    }

    /// Whether `one` comes first.
    static func < (one: RouteSource, other: RouteSource) -> Bool {
        (one.rank, one.description) < (other.rank, other.description)
    }
}
