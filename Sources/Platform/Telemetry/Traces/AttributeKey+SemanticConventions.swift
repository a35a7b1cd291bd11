/// The names of OpenTelemetry's semantic conventions 1.37 that the platform records.
extension AttributeKey {
    // MARK: HTTP (semantic conventions, "HTTP spans")

    /// `http.request.method`: the method, `_OTHER` for an unknown one.
    public static let httpRequestMethod = AttributeKey("http.request.method", .plainValues)
    /// `http.request.resend_count`: which attempt this is, from the second on.
    public static let httpRequestResendCount = AttributeKey("http.request.resend_count", .plainValues)
    /// `http.response.status_code`: a number.
    public static let httpResponseStatusCode = AttributeKey("http.response.status_code", .plainValues)
    /// `http.route`: the route's template, never the raw path.
    public static let httpRoute = AttributeKey("http.route", .plainValues)
    /// `url.path`.
    public static let urlPath = AttributeKey("url.path", .plainName)
    /// `url.query`.
    public static let urlQuery = AttributeKey("url.query", .plainName)
    /// `url.scheme`: `http` or `https`.
    public static let urlScheme = AttributeKey("url.scheme", .plainValues)
    /// `url.full`, without credentials.
    public static let urlFull = AttributeKey("url.full", .plainName)
    /// `url.template`: the path with names in the place of values, `/payments/{id}`.
    public static let urlTemplate = AttributeKey("url.template", .plainValues)
    /// `user_agent.original`.
    public static let userAgentOriginal = AttributeKey("user_agent.original", .plainName)

    // MARK: Network and errors

    /// `client.address`.
    public static let clientAddress = AttributeKey("client.address", .plainValues)
    /// `server.address`.
    public static let serverAddress = AttributeKey("server.address", .plainValues)
    /// `server.port`.
    public static let serverPort = AttributeKey("server.port", .plainValues)
    /// `network.peer.address`.
    public static let networkPeerAddress = AttributeKey("network.peer.address", .plainValues)
    /// `network.peer.port`.
    public static let networkPeerPort = AttributeKey("network.peer.port", .plainValues)
    /// `network.protocol.version`: `1.1`.
    public static let networkProtocolVersion = AttributeKey("network.protocol.version", .plainValues)
    /// `error.type`: a bounded word, a status code or the type of an error.
    public static let errorType = AttributeKey("error.type", .plainName)
    /// `exception.type`.
    public static let exceptionType = AttributeKey("exception.type", .plainName)
    /// `exception.message`.
    public static let exceptionMessage = AttributeKey("exception.message", .plainName)

    // MARK: Databases and messaging

    /// `db.system.name`: `postgresql`.
    public static let dbSystemName = AttributeKey("db.system.name", .plainValues)
    /// `db.operation.name`: `SELECT`.
    public static let dbOperationName = AttributeKey("db.operation.name", .plainValues)
    /// `db.collection.name`: the table.
    public static let dbCollectionName = AttributeKey("db.collection.name", .plainValues)
    /// `db.query.text`, with placeholders and without values.
    public static let dbQueryText = AttributeKey("db.query.text", .plainName)
    /// `db.response.status_code`: the SQLSTATE.
    public static let dbResponseStatusCode = AttributeKey("db.response.status_code", .plainValues)
    /// `messaging.system`.
    public static let messagingSystem = AttributeKey("messaging.system", .plainValues)
    /// `messaging.operation.name`.
    public static let messagingOperationName = AttributeKey("messaging.operation.name", .plainValues)
    /// `messaging.destination.name`.
    public static let messagingDestinationName = AttributeKey("messaging.destination.name", .plainValues)
    /// `messaging.message.id`.
    public static let messagingMessageID = AttributeKey("messaging.message.id", .plainName)

    // MARK: The process (semantic-conventions/docs/resource)

    /// `service.name`.
    public static let serviceName = AttributeKey("service.name", .plainValues)
    /// `service.namespace`.
    public static let serviceNamespace = AttributeKey("service.namespace", .plainValues)
    /// `service.instance.id`.
    public static let serviceInstanceID = AttributeKey("service.instance.id", .plainValues)
    /// `service.version`.
    public static let serviceVersion = AttributeKey("service.version", .plainValues)
    /// `telemetry.sdk.name`.
    public static let telemetrySDKName = AttributeKey("telemetry.sdk.name", .plainValues)
    /// `telemetry.sdk.language`.
    public static let telemetrySDKLanguage = AttributeKey("telemetry.sdk.language", .plainValues)
    /// `telemetry.sdk.version`.
    public static let telemetrySDKVersion = AttributeKey("telemetry.sdk.version", .plainValues)
}
