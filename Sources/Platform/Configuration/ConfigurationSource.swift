/// Where one value came from.
enum ConfigurationSource: Sendable, Equatable, CustomStringConvertible {
    case standard
    case file(key: String, name: String)
    case environment(String)
    case argument(String)

    /// What a user would look for.
    var description: String {
        switch self {
        case .standard: "default"
        case .file(let key, let name): "\(key) in \(name)"
        case .environment(let name): name
        case .argument(let flag): flag
        }
    }

    /// Whether both are of one kind, so that neither overrides the other.
    func isPeer(of other: ConfigurationSource) -> Bool {
        switch (self, other) {
        case (.standard, .standard), (.file, .file), (.environment, .environment), (.argument, .argument):
            true
        default: false
        }
    }
}
