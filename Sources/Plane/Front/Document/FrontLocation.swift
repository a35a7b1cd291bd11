import Documents
import JSON

/// Paths that are passed on to the gateways, and how.
struct FrontLocation: Sendable, Hashable {
    /// Where they begin.
    let path: FrontPath
    /// The rate that counts; nil for none.
    let zone: String?
    /// Whether clients may switch to WebSocket; one client always meets the same gateway then, while the gateways stay the same.
    let isWebSocket: Bool
    /// How long a gateway may be silent.
    let timeout: Duration

    private static let times = Duration.seconds(1) ... .seconds(86_400)

    /// Reads a member of `locations`; zones are checked by the document.
    static func read(_ reader: inout ObjectReader) -> FrontLocation? {
        if !reader.has("path") { reader.note("must have a path") }
        let path = reader.value("path", FrontPath.rule) { $0.string.flatMap { FrontPath($0) } }
        let zone = reader.text("zone")
        let isWebSocket = reader.flag("websocket")
        let timeout = reader.duration("timeout", times)
        guard let path else { return nil }
        if let reservation = path.reservation {
            reader.mistakes.note(reader.place(of: "path"), reservation)
            return nil
        }
        return FrontLocation(
            path: path,
            zone: zone,
            isWebSocket: isWebSocket,
            timeout: timeout ?? .seconds(isWebSocket ? 3_600 : 60)
        )
    }
}
