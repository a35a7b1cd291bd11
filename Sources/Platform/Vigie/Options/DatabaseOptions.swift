import Configuration
import Postgres
import Secrets

/// The service's database, where it has one.
struct DatabaseOptions: ConfigurationPart {
    var url: Secret?
    var startTimeout = Duration.seconds(30)
    var pool = PostgresSettings()

    static let title = "Database"
    static let settings: [Setting<Self>] = [
        Setting(
            "database.url",
            \.url,
            .optional(.secret()),
            help: "postgresql://user:password@host/name; what it leaves out comes from the PG* variables."
        ),
        Setting(
            "database.start-timeout",
            \.startTimeout,
            .duration(.zero ... .seconds(3_600)),
            help: "How long the start waits for a database that is away."
        ),
        Setting(
            "database.connections",
            \.pool.maxConnections,
            .integer(1...1_000),
            help: "Connections of this process."
        ),
        Setting(
            "database.waiting-calls",
            \.pool.waitingCalls,
            .integer(0...100_000),
            help: "Calls of one loop that may wait for a connection; one more is 503 at once."
        ),
        Setting(
            "database.acquire-timeout",
            \.pool.acquireTimeout,
            .duration(.milliseconds(1) ... .seconds(600)),
            help: "How long a call waits for a connection; then 503."
        ),
        Setting(
            "database.query-timeout",
            \.pool.queryTimeout,
            .duration(.milliseconds(1) ... .seconds(3_600)),
            help: "How long a statement may take where the request leaves it more."
        ),
    ]

    /// The pool's settings for the database that is configured.
    var settings: PostgresSettings {
        var settings = pool
        settings.url = url?.reveal() ?? ""
        return settings
    }
}
