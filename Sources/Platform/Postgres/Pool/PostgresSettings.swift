/// Where the database is, how many connections are made to it, and how long things may take.
public struct PostgresSettings: Sendable {
    /// A URL or a list of `keyword=value` pairs (PostgreSQL manual, 34.1.1); what it leaves out comes from the `PG*`
    /// variables of the environment, a service file and libpq's defaults. May hold a password: never log it.
    public var url = ""
    /// Connections of the process, all loops together; each loop has its share, at least one. Default 10.
    public var maxConnections = 10
    /// Statements on their way on one shared connection. Default 32.
    public var pipelineDepth = 32
    /// Calls on one loop that wait for a connection; one more fails at once. Default 1024.
    public var waitingCalls = 1024
    /// How long a call waits for a connection. Default 2 s.
    public var acquireTimeout = Duration.seconds(2)
    /// How long a statement may take, with its wait, where a call has no deadline of its own. Default 10 s.
    public var queryTimeout = Duration.seconds(10)
    /// The server's own limit, for when we can't cancel (`statement_timeout`); zero for none. Default 30 s.
    public var statementTimeout = Duration.seconds(30)
    /// How long connecting may take. Default 3 s.
    public var connectTimeout = Duration.seconds(3)
    /// How long a connection may stay unused. Default 5 min.
    public var idleTimeout = Duration.seconds(300)
    /// How long a connection may live, less up to a tenth at random, so that they don't all end at once. Default 30 min.
    public var maxLifetime = Duration.seconds(1_800)
    /// Prepared statements kept on a connection. Default 256.
    public var cachedStatements = 256
    /// How properties find their columns. Default: also by snake case.
    public var columnNaming = ColumnNaming.snakeCase
    /// `application_name`, as pg_stat_activity shows it. Default `vigie`.
    public var applicationName = "vigie"

    /// Takes the defaults.
    public init() {}

    /// Takes the defaults for the database at `url`.
    public init(url: String) { self.url = url }
}
