import Glibc
import HTTP
import Reactor

/// The barest reverse proxy on this server and this client: what the benchmarks measure beside others. It checks nothing
/// of what the gateway will.
@main struct BareProxy {
    private static let usage = """
        usage: bare-proxy --backend ADDRESS:PORT [--port N] [--loops N]

        Forwards every request to one backend and streams both contents.

          --backend ADDRESS:PORT  numeric IPv4 address and port of the server behind it
          --port N                0-65535, default 8090; 0 lets the system choose
          --loops N               event loops, 1-256; default one for each processor
        """

    static func main() {
        Signals.block([SIGTERM, SIGINT])
        guard let (port, loops, backend) = parse(Array(CommandLine.arguments.dropFirst())) else {
            StandardStream.error.write(line: usage)
            exit(64)
        }
        OpenFileLimit.raise()
        do {
            let group = try EventLoopGroup(count: loops)
            exit(group.runBlocking { await serve(port, backend, on: group) })
        } catch {
            StandardStream.error.write(line: "bare-proxy: \(error)")
            exit(1)
        }
    }

    private static func serve(
        _ port: UInt16,
        _ backend: HTTPDestination,
        on group: EventLoopGroup
    ) async -> Int32 {
        do {
            let signals = try Signals.arrivals(of: [SIGTERM, SIGINT], on: group.loops[0])
            let client = HTTPClient(on: group)
            let server = try await HTTPServer.start(at: .loopback(port: port), on: group) { request in
                try await forward(request, by: client, to: backend)
            }
            StandardStream.output.write(line: "bare-proxy: listening on http://\(server.address)")
            var arrivals = signals.makeAsyncIterator()
            _ = await arrivals.next()
            let result = await server.drain()
            await client.close()
            return result == .drained ? 0 : 3
        } catch {
            StandardStream.error.write(line: "bare-proxy: \(error)")
            return 1
        }
    }

    static func forward(
        _ request: HTTPRequest,
        by client: HTTPClient,
        to backend: HTTPDestination
    ) async throws -> HTTPResponse {
        var request = request
        request.head.fields.removeHopByHop()
        do {
            var response = try await client.send(request, to: backend)
            response.head.fields.removeHopByHop()
            return response
        } catch .timedOut {
            throw ProblemDetails(.gatewayTimeout, reason: "upstream_timeout", isRetryable: true)
        } catch .notConnected, .unresolved, .queueFull {
            throw ProblemDetails(.serviceUnavailable, reason: "upstream_unavailable", isRetryable: true)
        } catch {
            throw ProblemDetails(.badGateway, reason: "upstream_invalid")
        }
    }

    private static func parse(_ arguments: [String]) -> (UInt16, Int, HTTPDestination)? {
        var port: UInt16 = 8090
        var loops = EventLoopGroup.processorCount
        var backend: HTTPDestination?
        var rest = arguments[...]
        while let name = rest.popFirst(), let value = rest.popFirst() {
            switch name {
            case "--port":
                guard let number = UInt16(value) else { return nil }
                port = number
            case "--loops":
                guard let number = Int(value), (1...256).contains(number) else { return nil }
                loops = number
            case "--backend":
                let parts = value.split(separator: ":")
                guard parts.count == 2, let number = UInt16(parts[1]),
                    let address = SocketAddress(numericHost: String(parts[0]), port: number)
                else { return nil }
                backend = HTTPDestination(address)
            default: return nil
            }
        }
        return backend.map { (port, loops, $0) }
    }
}
