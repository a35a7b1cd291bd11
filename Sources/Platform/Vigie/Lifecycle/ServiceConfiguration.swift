package import Configuration
import Discovery
import Startup

/// Reads a service's configuration: the platform's parts, then the service's own.
package enum ServiceConfiguration {
    /// The platform's parts, in the order of `--help`.
    package static let parts: [any ConfigurationPart.Type] = [
        InstanceOptions.self, ServerOptions.self, AdminOptions.self, AuthenticationOptions.self,
        ClientOptions.self, ConsulSettings.self, DiscoveryOptions.self, DatabaseOptions.self, LogOptions.self,
        TraceOptions.self,
    ]

    /// Reads all settings out of arguments, environment and the file that these name.
    ///
    /// - Throws: `ConfigurationError` with all mistakes; `ConfigurationFileError` for a file that can't be read or is no JSON.
    static func load(
        program: String,
        _ options: [any ConfigurationPart.Type],
        arguments: [String],
        environment: [String: String]
    ) throws -> ConfigurationOutcome {
        let schema = ConfigurationSchema(program: program, parts: parts + options)
        var sources = ConfigurationSources(arguments: arguments, environment: environment)
        if let path = schema.filePath(arguments: arguments, environment: environment) {
            sources.file = try ConfigurationTree(file: path)
            sources.fileName = path
        }
        return try schema.load(from: sources)
    }
}
