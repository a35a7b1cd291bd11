import Glibc
import HTTP
import Reactor
import Telemetry

/// The example server: a greeting, 1 KiB of JSON, and an echo. The benchmarks run it.
@main struct Hello {
    static func main() {
        Signals.block([SIGTERM, SIGINT])
        do {
            let options = try Options(Array(CommandLine.arguments.dropFirst()))
            guard !options.wantsHelp else { return StandardStream.output.write(line: Options.help) }
            OpenFileLimit.raise()
            let group = try EventLoopGroup(count: options.loops)
            exit(group.runBlocking { await serve(options, on: group) })
        } catch {
            StandardStream.error.write(line: "hello: \(error)")
            exit(error is Options.Mistake ? 64 : 1)
        }
    }

    /// Serves until a signal asks for the end; the exit status tells whether every request was answered.
    private static func serve(_ options: Options, on group: EventLoopGroup) async -> Int32 {
        do {
            let signals = try Signals.arrivals(of: [SIGTERM, SIGINT], on: group.loops[0])
            var settings = HTTPServerSettings()
            let log = EventLog(name: "hello")
            settings.report = { log.write($0) }
            let telemetry = options.wantsTelemetry ? try HelloTelemetry(on: group) : nil
            let server = try await HTTPServer.start(
                at: options.address,
                on: group,
                settings: settings,
                handler: handler(telemetry)
            )
            StandardStream.output.write(line: "hello: listening on http://\(server.address)")
            guard let telemetry else { return await drain(server, after: signals) }
            return await withTaskGroup { tasks in
                tasks.addTask(executorPreference: group.loops[0]) { await telemetry.run() }
                defer { tasks.cancelAll() }
                let status = await drain(server, after: signals)
                telemetry.close()
                return status
            }
        } catch {
            StandardStream.error.write(line: "hello: \(error)")
            return 1
        }
    }

    private static func handler(_ telemetry: HelloTelemetry?) -> HTTPHandler {
        guard let telemetry else { return answer }
        return { request in
            await telemetry.server.respond(to: request, route: HelloTelemetry.route(of: request.head)) {
                try await answer(request)
            }
        }
    }

    /// Waits for the first signal and drains: 0 when every request was answered, 3 when time ran out or a second signal
    /// came.
    private static func drain(_ server: HTTPServer, after signals: AsyncStream<Int32>) async -> Int32 {
        var arrivals = signals.makeAsyncIterator()
        _ = await arrivals.next()
        return await withTaskGroup(of: Int32.self) { tasks in
            tasks.addTask { await server.drain() == .drained ? 0 : 3 }
            tasks.addTask {
                var arrivals = signals.makeAsyncIterator()
                _ = await arrivals.next()
                return 3
            }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? 3
        }
    }

    @Sendable static func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        // The measured one first, and without making text of its path.
        if request.head.method == .get, request.head.isPath("/1k") { return oneKibibyte }
        return switch (request.head.method, request.head.path) {
        case (.head, "/1k"): oneKibibyte
        case (.post, "/echo"): HTTPResponse(.ok, fields: binary, body: request.body)
        case (.get, "/"), (.head, "/"): HTTPResponse(.ok, fields: text, body: HTTPBody("Hello from Vigie.\n"))
        case (_, "/1k"), (_, "/"):
            throw ProblemDetails(.methodNotAllowed, detail: "GET and HEAD are served here")
        case (_, "/echo"): throw ProblemDetails(.methodNotAllowed, detail: "POST is served here")
        default: throw ProblemDetails(.notFound, detail: "try /, /1k, or POST /echo")
        }
    }

    private static let text: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
    private static let binary: HTTPFields = [.contentType: "application/octet-stream"]
    private static let oneKibibyte = HTTPResponse(
        .ok,
        fields: [.contentType: "application/json"],
        body: HTTPBody("{\"message\":\"hello\",\"pad\":\"" + String(repeating: "x", count: 1024 - 28) + "\"}")
    )
}
