import FoundationEssentials

/// Where values come from, the strongest first: arguments, environment, the file. Taken as values, so that a test needs
/// no process of its own.
public struct ConfigurationSources: Sendable {
    /// The arguments without the program's name and without a subcommand.
    public var arguments: [String]
    /// The environment.
    public var environment: [String: String]
    /// What stands in the file; nil without one.
    public var file: ConfigurationTree?
    /// What the file is called in messages.
    public var fileName: String
    /// Reads a file that holds a secret.
    public var readFile: @Sendable (_ path: String) throws -> String

    /// Collects the sources.
    public init(
        arguments: [String] = [],
        environment: [String: String] = [:],
        file: ConfigurationTree? = nil,
        fileName: String = "the configuration file",
        readFile: @escaping @Sendable (_ path: String) throws -> String = ConfigurationSources.readText
    ) {
        self.arguments = arguments
        self.environment = environment
        self.file = file
        self.fileName = fileName
        self.readFile = readFile
    }

    /// Reads a file of UTF-8.
    ///
    /// - Throws: the system's error when it can't be read, or an error of Foundation when it is no UTF-8.
    @Sendable public static func readText(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }
}
