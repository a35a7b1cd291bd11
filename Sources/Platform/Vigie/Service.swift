public import Configuration
public import Routing

/// A service: what it answers, and what it needs for that. All else comes with it: configuration, health, metrics,
/// traces, logs, authentication, draining.
///
///     @main struct Notes: Service {
///         static let name: ServiceName = "notes"
///         let database: PostgresPool
///
///         init(_ setup: ServiceSetup) async throws {
///             database = try await setup.postgres(migrations: [])
///         }
///
///         var routes: some Routes {
///             Get("/notes/{id}") { (_, id: UUID) in
///                 try await database.first(Note.self, "SELECT * FROM note WHERE id = \(id)")
///             }
///         }
///     }
public protocol Service: Sendable {
    /// The declaration of routes.
    associatedtype Declaration: Routes

    /// What the service is called.
    static var name: ServiceName { get }
    /// The version of what was built. Default `0.0.0`.
    static var version: String { get }
    /// Further names that the one process answers for: others find it under each of them, by a registration of its own at
    /// the same address. Default none.
    static var aliases: [ServiceName] { get }
    /// Settings of the service's own, beside those of the platform. Default none.
    static var options: [any ConfigurationPart.Type] { get }

    /// Makes the service out of what it needs. Requests come when this has returned.
    ///
    /// What it throws ends the start: a ``StartError`` tells its line, all else its description.
    init(_ setup: ServiceSetup) async throws

    /// What it answers.
    @RoutesBuilder var routes: Declaration { get }
}

extension Service {
    /// `0.0.0`.
    public static var version: String { "0.0.0" }
    /// None.
    public static var aliases: [ServiceName] { [] }
    /// None.
    public static var options: [any ConfigurationPart.Type] { [] }

    /// Runs the service as this process: reads the configuration, starts, serves until SIGTERM or SIGINT, drains, and
    /// ends the process. See `--help`.
    ///
    /// Exit status: 0 drained; 1 could not start; 3 cut, because time ran out or a second signal came; 64 a mistake in
    /// the configuration.
    public static func main() { run(name.name, Array(CommandLine.arguments.dropFirst())) }

    /// The same as a part of another program, which its user calls `program`.
    package static func run(_ program: String, _ arguments: [String]) -> Never {
        ServiceProcess.run(Self.self, as: program, arguments)
    }
}
