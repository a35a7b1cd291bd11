import HTTP
import Reactor

/// `vigie check URL`: whether something answers 200, for the health checks of containers, whose images have no curl.
enum CheckCommand {
    /// How long the answer may take.
    private static let limit = Duration.seconds(3)

    static func run(_ texts: [String], on group: EventLoopGroup) async throws -> Int32 {
        let arguments = try Arguments(texts, names: 1...1)
        let text = arguments.names[0]
        guard text.hasPrefix("http://") else {
            throw Arguments.Mistake(description: "a URL http://HOST:PORT/PATH is wanted")
        }
        let rest = text.dropFirst("http://".count)
        let (authority, path) = (rest.prefix { $0 != "/" }, rest.drop { $0 != "/" })
        let pieces = authority.split(separator: ":")
        guard pieces.count <= 2, let host = pieces.first,
            let port = pieces.count == 2 ? UInt16(pieces[1]) : 80
        else {
            throw Arguments.Mistake(description: "\(authority) is no host and port")
        }
        let client = HTTPClient(on: group)
        var timeouts = HTTPTimeouts()
        timeouts.total = limit
        let response = try await client.send(
            HTTPRequest(.get, path.isEmpty ? "/" : String(path)),
            to: HTTPDestination(host: String(host), port: port),
            timeouts: timeouts
        )
        let content = try await response.body.collect(upTo: 1 << 20)
        await client.close()
        let isFine = response.head.status == .ok
        let stream = isFine ? StandardStream.output : StandardStream.error
        stream.write(
            line: "\(response.head.status.code) \(String(decoding: content.prefix(2_000), as: UTF8.self))"
        )
        return isFine ? VigieCommand.Status.ended : VigieCommand.Status.failed
    }
}
