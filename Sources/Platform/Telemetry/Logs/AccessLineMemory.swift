import Glibc
import Reactor

/// What lines of the access log that follow each other have in common: the second, clients and user agents. Bounded,
/// whatever comes.
struct AccessLineMemory: Sendable {
    private struct Agent {
        var given: [UInt8] = []
        var rendered: [UInt8] = []
    }
    private struct Client {
        var address: UInt32?
        var rendered: [UInt8] = []
    }
    /// How many user agents and clients are kept, each in the place that its last bytes give.
    private static let count = 16
    /// A longer user agent is rendered again each time, in bytes: 16 of them make 4 KiB at most, and their rendered form,
    /// up to six times that.
    private static let agentByteLimit = 256

    private var second = Int64.min
    private var agents = [Agent](repeating: Agent(), count: count)
    private var clients = [Client](repeating: Client(), count: count)
    /// The beginning of each line of this second: `{"ts":"2026-11-21T12:00:00.`
    private(set) var date: [UInt8] = []

    /// Makes the date unless the last line was of the same second, counted from 1970.
    mutating func begin(second: Int64) {
        guard second != self.second else { return }
        self.second = second
        date = [UInt8(ascii: "{")]
        JSONText.append(key: LogKey.time, to: &date)
        date.append(UInt8(ascii: "\""))
        DecimalText.append(date: second * 1_000_000_000, to: &date)
        date.removeLast("000000Z".utf8.count)
    }

    /// The client's field: its address, without the port. Only IPv4 is kept.
    mutating func rendered(_ client: SocketAddress, _ format: JSONLogFormat) -> [UInt8] {
        guard case .ipv4(let address, _) = client else { return Self.render(client, format) }
        let place = Int(address) & (Self.count - 1)
        if clients[place].address != address {
            clients[place] = Client(address: address, rendered: Self.render(client, format))
        }
        return clients[place].rendered
    }

    private static func render(_ client: SocketAddress, _ format: JSONLogFormat) -> [UInt8] {
        var bytes: [UInt8] = []
        format.text(LogKey.client, client.host, to: &bytes)
        return bytes
    }

    /// The user agent's field: redacted, cut to length and escaped.
    mutating func rendered(_ userAgent: ArraySlice<UInt8>, _ format: JSONLogFormat) -> [UInt8] {
        guard (4...Self.agentByteLimit).contains(userAgent.count) else {
            return Self.render(userAgent, format)
        }
        let end = userAgent.endIndex
        let mix = userAgent.count &+ Int(userAgent[end - 1]) &+ Int(userAgent[end - 2]) &* 3
        let place = (mix &+ Int(userAgent[end - 4]) &* 5) & (Self.count - 1)
        let known = agents[place]
        if !Self.isSame(known.given.span, userAgent.span) {
            agents[place] = Agent(given: Array(userAgent), rendered: Self.render(userAgent, format))
            return agents[place].rendered
        }
        return known.rendered
    }

    private static func isSame(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        // Compared are as many bytes as both have.
        unsafe one.withUnsafeBufferPointer { one in
            unsafe other.withUnsafeBufferPointer { other in
                guard let first = one.baseAddress, let second = other.baseAddress, one.count == other.count
                else { return false }
                return unsafe memcmp(first, second, one.count) == 0
            }
        }
    }

    private static func render(_ userAgent: ArraySlice<UInt8>, _ format: JSONLogFormat) -> [UInt8] {
        var bytes: [UInt8] = []
        guard userAgent.allSatisfy({ $0 < 0x80 }) else {
            format.text(LogKey.userAgent, String(decoding: userAgent, as: UTF8.self), to: &bytes)
            return bytes
        }
        format.key(LogKey.userAgent, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        format.text(userAgent.span, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        return bytes
    }
}
