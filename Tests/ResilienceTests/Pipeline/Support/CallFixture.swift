import HTTP
import Reactor
import Synchronization
import Telemetry

@testable import Resilience

/// What the tests of the pipeline share.
enum CallFixture {
    private static let started = Result { () throws(SystemError) in try EventLoopGroup(count: 2) }

    static var loops: EventLoopGroup { get throws { try started.get() } }

    /// Settings that wait for nothing between attempts.
    static var eager: CallSettings {
        var settings = CallSettings()
        settings.retry.baseDelay = .zero
        return settings
    }
}

/// A client with all that it needs, and what it left behind.
struct Calls: Sendable {
    let client: ServiceClient
    let http: HTTPClient
    let registry: MetricRegistry
    let spans = InMemorySpanSink()
    let tracer: Tracer
    let clock: TestClock

    init(
        _ instances: any InstanceSource,
        settings: CallSettings = CallFixture.eager,
        clock: TestClock = TestClock(),
        registry: MetricRegistry? = nil,
        telemetry: OutgoingTelemetry? = nil,
        transport: (any HTTPTransport)? = nil,
        tracer: Tracer? = nil
    ) throws {
        let loops = try CallFixture.loops
        self.registry = registry ?? MetricRegistry(loops: loops.loops)
        self.clock = clock
        http = HTTPClient(on: loops)
        self.tracer = tracer ?? Tracer(sink: spans)
        client = ServiceClient(
            "echo",
            instances,
            transport ?? http,
            try telemetry ?? OutgoingTelemetry(in: self.registry),
            loops,
            settings,
            clock: { clock.now }
        )
    }

    init(
        to peers: [Peer],
        settings: CallSettings = CallFixture.eager,
        clock: TestClock = TestClock()
    ) throws {
        try self.init(OrderedInstances(peers.map(\.destination)), settings: settings, clock: clock)
    }

    /// Sends in a context with the tracer, and whatever else is set.
    func send(
        _ request: HTTPRequest = HTTPRequest(.get, "/"),
        on route: CallRoute? = nil,
        _ change: (inout ContextValues) -> Void = { _ in }
    ) async throws -> HTTPResponse {
        var values = ContextValues()
        values.tracer = tracer
        change(&values)
        return try await Context.with(Context(values)) { try await client.send(request, on: route) }
    }

    /// The error of a call that must have one.
    func failure(
        _ request: HTTPRequest = HTTPRequest(.get, "/"),
        on route: CallRoute? = nil,
        _ change: (inout ContextValues) -> Void = { _ in }
    ) async throws -> CallError? {
        do {
            _ = try await send(request, on: route, change)
            return nil
        } catch let error as CallError {
            return error
        }
    }

    func readings(_ name: String) -> [FamilySnapshot.Series] {
        registry.snapshot().first { $0.name == name }?.series ?? []
    }
}

/// The system's clock, or one that stands; both go forward when told.
final class TestClock: Sendable {
    private let offset = Atomic<Int64>(0)
    private let frozenAt: MonotonicInstant?

    init(isFrozen: Bool = false) { frozenAt = isFrozen ? .now : nil }

    var now: MonotonicInstant { (frozenAt ?? .now) + offset.load(ordering: .relaxed) }

    func advance(by time: Duration) { offset.wrappingAdd(time.nanoseconds, ordering: .relaxed) }
}

/// Gives instances in order, the first that was not tried, and notes all that it is told.
final class OrderedInstances: InstanceSource {
    enum Note: Sendable, Equatable {
        case outcome(Int, AttemptOutcome, holdsPlace: Bool)
        case release(Int, AttemptOutcome?)
    }

    private let list: [ServiceInstance]
    private let noted: Mutex<[Note]> = Mutex([])

    init(_ destinations: [HTTPDestination]) { list = destinations.map { ServiceInstance($0) } }

    var notes: [Note] { noted.withLock { $0 } }

    func choose(
        excluding tried: [ServiceInstance],
        at now: MonotonicInstant
    ) throws(InstanceRefusal) -> InstanceLease {
        guard let place = list.firstIndex(where: { !tried.contains($0) }) else { throw .noInstance }
        return InstanceLease(list[place], token: UInt64(place), at: now)
    }

    func record(
        _ outcome: AttemptOutcome,
        of lease: InstanceLease,
        holdsPlace: Bool,
        at now: MonotonicInstant
    ) {
        noted.withLock { $0.append(.outcome(Int(lease.token), outcome, holdsPlace: holdsPlace)) }
    }

    func release(_ lease: InstanceLease, _ failure: AttemptOutcome?, at now: MonotonicInstant) {
        noted.withLock { $0.append(.release(Int(lease.token), failure)) }
    }

    var breakers: [(instance: ServiceInstance, state: CircuitBreaker.State)] { [] }
}
