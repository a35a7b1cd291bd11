/// The settings of one part of a program, declared once: the properties hold the values and their defaults, `settings`
/// ties each to its key, its rule and its help.
///
/// ```swift
/// struct ServerOptions: ConfigurationPart {
///     var port = 8080
///
///     static let title = "Server"
///     static let settings: [Setting<Self>] = [
///         Setting("server.port", \.port, .integer(0...65535), help: "Where it listens; 0: any free port.")
///     ]
/// }
/// ```
public protocol ConfigurationPart: Sendable {
    /// The heading over these settings in `--help`.
    static var title: String { get }
    /// The declaration of each setting.
    static var settings: [Setting<Self>] { get }

    /// Makes the defaults.
    init()

    /// What is wrong with the values together, though each alone keeps its rule; a sentence each, naming the keys.
    func contradictions() -> [String]
}

extension ConfigurationPart {
    /// Nothing.
    public func contradictions() -> [String] { [] }
}
