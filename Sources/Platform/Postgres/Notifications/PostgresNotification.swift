/// What a `NOTIFY` has sent.
public struct PostgresNotification: Sendable, Hashable {
    /// The channel's name.
    public let channel: String
    /// The text, empty where there is none; at most 8000 bytes (PostgreSQL manual, NOTIFY).
    public let payload: String
    /// The server process that sent it.
    public let processID: Int32
}
