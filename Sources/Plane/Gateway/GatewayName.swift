/// What the gateway is called in discovery, metrics, traces and logs.
enum GatewayName {
    /// The service's name.
    static let service = "gateway"
}
