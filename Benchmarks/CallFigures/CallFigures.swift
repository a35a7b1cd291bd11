import Glibc
import HTTP
import Reactor
import Resilience
import Telemetry

/// What the pipeline of outgoing calls costs: nanoseconds and heap allocations for each call on a loop, over a transport
/// that answers at once and over a real one. Build it for release: `swift run -c release call-figures`; allocations are
/// counted when it runs with `LD_PRELOAD=malloc_count.so MALLOC_COUNT_FILE=…` (`Benchmarks/tools`).
@main struct CallFigures {
    static func main() async throws {
        let group = try EventLoopGroup(count: 2)
        let telemetry = try OutgoingTelemetry(in: MetricRegistry(loops: group.loops))
        let request = HTTPRequest(.get, "/things/7", fields: [.contentType: "text/plain"])
        let place = HTTPDestination(.loopback(port: 9))
        let instances = BalancedInstances([place, HTTPDestination(.loopback(port: 10))])
        let instant = Instant()
        let client = ServiceClient(
            "figures",
            instances: instances,
            transport: instant,
            telemetry: telemetry,
            on: group
        )
        let route = client.route("/things/{id}")
        let target = ServiceInstance(place)
        await report("transport alone", calls: 200_000, on: group.loops[0]) {
            _ = try await instant.attempt(request, to: target, timeouts: HTTPTimeouts())
        }
        await report("pipeline", calls: 200_000, on: group.loops[0]) {
            _ = try await client.send(request, on: route)
        }
        let tracer = Tracer(sink: Nowhere())
        await report("pipeline with spans", calls: 200_000, on: group.loops[0], tracer) {
            _ = try await client.send(request, on: route)
        }
        try await overSockets(group, telemetry, request, tracer)
        group.stop()
    }

    private static func overSockets(
        _ group: EventLoopGroup,
        _ telemetry: OutgoingTelemetry,
        _ request: HTTPRequest,
        _ tracer: Tracer
    ) async throws {
        let server = try await HTTPServer.start(at: .loopback(port: 0), on: group) { _ in
            HTTPResponse(.ok, body: HTTPBody("hello"))
        }
        let http = HTTPClient(on: group)
        let place = HTTPDestination(server.address)
        let client = ServiceClient(
            "sockets",
            instances: BalancedInstances([place]),
            transport: http,
            telemetry: telemetry,
            on: group
        )
        await report("HTTPClient", calls: 50_000, on: group.loops[0]) {
            _ = try await http.send(request, to: place)
        }
        await report("pipeline over it", calls: 50_000, on: group.loops[0]) {
            _ = try await client.send(request)
        }
        await report("the same with spans", calls: 50_000, on: group.loops[0], tracer) {
            _ = try await client.send(request)
        }
        await http.close()
        _ = await server.drain()
    }

    /// Calls `body` so often, one call after the other, after a tenth of that to get warm.
    private static func report(
        _ name: String,
        calls: Int,
        on loop: EventLoop,
        _ tracer: Tracer = .disabled,
        _ body: @escaping @Sendable () async throws -> Void
    ) async {
        var values = ContextValues()
        values.tracer = tracer
        let context = Context(values)
        let (spent, allocations) = await Task(executorPreference: loop) {
            await Context.with(context) {
                for _ in 0..<calls / 10 { try? await body() }
                let before = allocationCount()
                let began = MonotonicInstant.now
                for _ in 0..<calls { try? await body() }
                return ((MonotonicInstant.now - began).nanoseconds, allocationCount() - before)
            }
        }.value
        let each = Double(allocations * 10 / UInt64(calls)) / 10
        print("\(name): \(spent / Int64(calls)) ns, \(each) allocations")
    }

    /// malloc, calloc, realloc and aligned ones so far; 0 when nobody counts.
    private static func allocationCount() -> UInt64 {
        guard let path = unsafe getenv("MALLOC_COUNT_FILE") else { return 0 }
        let file = unsafe open(path, O_RDONLY)
        defer { close(file) }
        var counts: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let size = MemoryLayout.size(ofValue: counts)
        guard unsafe read(file, &counts, size) == size else { return 0 }
        return counts.0 + counts.1 + counts.2 + counts.3
    }
}

/// Answers at once.
private struct Instant: HTTPTransport {
    func attempt(
        _ request: HTTPRequest,
        to instance: ServiceInstance,
        timeouts: HTTPTimeouts
    ) async throws(AttemptFailure) -> HTTPResponse { HTTPResponse(.ok) }

    func kind(of error: any Error) -> AttemptFailure.Kind { .badRequest }
}

/// Takes spans and lets them go.
private struct Nowhere: SpanSink {
    func accept(_ span: EndedSpan) {}
}
