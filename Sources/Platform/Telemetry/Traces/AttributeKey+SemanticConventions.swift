/// The names of OpenTelemetry's semantic conventions 1.37 that the platform records.
extension AttributeKey {
    // MARK: HTTP (semantic conventions, "HTTP spans")

    /// `http.request.method`: the method, `_OTHER` for an unknown one.
    public static let httpRequestMethod = AttributeKey(plain: "http.request.method")
    /// `http.request.resend_count`: which attempt this is, from the second on.
    public static let httpRequestResendCount = AttributeKey(plain: "http.request.resend_count")
    /// `http.response.status_code`: a number.
    public static let httpResponseStatusCode = AttributeKey(plain: "http.response.status_code")
    /// `http.route`: the route's template, never the raw path.
    public static let httpRoute = AttributeKey(plain: "http.route")
    /// `url.path`.
    public static let urlPath = AttributeKey(plain: "url.path")
    /// `url.query`.
    public static let urlQuery = AttributeKey(plain: "url.query")
    /// `url.scheme`: `http` or `https`.
    public static let urlScheme = AttributeKey(plain: "url.scheme")
    /// `url.full`, without credentials.
    public static let urlFull = AttributeKey(plain: "url.full")
    /// `url.template`: the path with names in the place of values, `/payments/{id}`.
    public static let urlTemplate = AttributeKey(plain: "url.template")
    /// `user_agent.original`.
    public static let userAgentOriginal = AttributeKey(plain: "user_agent.original")

    // MARK: Network and errors

    /// `client.address`.
    public static let clientAddress = AttributeKey(plain: "client.address")
    /// `server.address`.
    public static let serverAddress = AttributeKey(plain: "server.address")
    /// `server.port`.
    public static let serverPort = AttributeKey(plain: "server.port")
    /// `network.peer.address`.
    public static let networkPeerAddress = AttributeKey(plain: "network.peer.address")
    /// `network.peer.port`.
    public static let networkPeerPort = AttributeKey(plain: "network.peer.port")
    /// `network.protocol.version`: `1.1`.
    public static let networkProtocolVersion = AttributeKey(plain: "network.protocol.version")
    /// `error.type`: a bounded word, a status code or the type of an error.
    public static let errorType = AttributeKey(plain: "error.type")
    /// `exception.type`.
    public static let exceptionType = AttributeKey(plain: "exception.type")
    /// `exception.message`.
    public static let exceptionMessage = AttributeKey(plain: "exception.message")

    // MARK: Databases and messaging

    /// `db.system.name`: `postgresql`.
    public static let dbSystemName = AttributeKey(plain: "db.system.name")
    /// `db.operation.name`: `SELECT`.
    public static let dbOperationName = AttributeKey(plain: "db.operation.name")
    /// `db.collection.name`: the table.
    public static let dbCollectionName = AttributeKey(plain: "db.collection.name")
    /// `db.query.text`, with placeholders and without values.
    public static let dbQueryText = AttributeKey(plain: "db.query.text")
    /// `db.response.status_code`: the SQLSTATE.
    public static let dbResponseStatusCode = AttributeKey(plain: "db.response.status_code")
    /// `messaging.system`.
    public static let messagingSystem = AttributeKey(plain: "messaging.system")
    /// `messaging.operation.name`.
    public static let messagingOperationName = AttributeKey(plain: "messaging.operation.name")
    /// `messaging.destination.name`.
    public static let messagingDestinationName = AttributeKey(plain: "messaging.destination.name")
    /// `messaging.message.id`.
    public static let messagingMessageID = AttributeKey(plain: "messaging.message.id")

    // MARK: The process (semantic-conventions/docs/resource)

    /// `service.name`.
    public static let serviceName = AttributeKey(plain: "service.name")
    /// `service.namespace`.
    public static let serviceNamespace = AttributeKey(plain: "service.namespace")
    /// `service.instance.id`.
    public static let serviceInstanceID = AttributeKey(plain: "service.instance.id")
    /// `service.version`.
    public static let serviceVersion = AttributeKey(plain: "service.version")
    /// `telemetry.sdk.name`.
    public static let telemetrySDKName = AttributeKey(plain: "telemetry.sdk.name")
    /// `telemetry.sdk.language`.
    public static let telemetrySDKLanguage = AttributeKey(plain: "telemetry.sdk.language")
    /// `telemetry.sdk.version`.
    public static let telemetrySDKVersion = AttributeKey(plain: "telemetry.sdk.version")
}
