import HTTP
import Reactor
import Resilience
import Synchronization

/// A shared cache of answers (RFC 9111) before the services: GET with `Cache-Control` of the service, one fetch for all who
/// ask at once, and what is stale validated.
///
/// **What is kept** stands in ``CacheRules``, **what is given out** in ``CacheReuse``, **who fetches** in ``FlightTable``.
/// HEAD is answered from what GET fetched. Nothing is fetched without a request that waits for it: a stale answer that may be
/// given while it is validated is given to all but the one request that validates it.
///
/// The content of an answer to be kept is read whole before anybody gets it, up to the limit: who waits for a fetch depends
/// on the service alone and not on how fast the leader's client reads. What turns out larger goes on as a stream.
final class ResponseCache: Sendable {
    let settings: ResponseCacheSettings
    let store: CacheStore
    let flights: Flights
    let figures = CacheFigures()
    let now: @Sendable () -> CacheInstant
    /// Bytes set aside for contents that are being read, and for those that turned out too large and wait for their reader.
    let filling = Filling()

    /// Makes an empty cache.
    ///
    /// - Parameters:
    ///   - settings: its bounds.
    ///   - loop: the loop whose timers end waits; any will do.
    ///   - now: the clocks.
    init(
        _ settings: ResponseCacheSettings = ResponseCacheSettings(),
        timersOn loop: EventLoop,
        now: @escaping @Sendable () -> CacheInstant = { .now }
    ) {
        self.settings = settings
        self.now = now
        store = CacheStore(byteLimit: settings.byteLimit, partCount: settings.partCount)
        let table = FlightTable(
            passTime: settings.passTime,
            mostFlights: settings.mostFlights,
            mostWaiting: settings.mostWaiting
        )
        flights = Flights(table, timersOn: loop)
    }

    /// Answers a request from what is kept, or by `fetch`, and keeps what may be kept.
    ///
    /// - Parameters:
    ///   - request: as it would go to the service: canonical target, `Host`, and the gateway's own fields about the user
    ///     (`X-Auth-Subject`) already set: they make it one user's.
    ///   - route: the route's id; what one route fetched is not given out by another.
    ///   - deadline: when the request stops to wait for another one's fetch; it then fetches for itself, and what that makes
    ///     of a deadline that is over is the fetch's to say.
    ///   - fetch: asks the service; called at most twice, with the conditions of the cache in the place of the client's.
    /// - Returns: the answer, with `Age` where it was kept and our member of `Cache-Status`.
    /// - Throws: what `fetch` throws; `CancellationError` when the task is cancelled while it waits.
    func respond(
        to request: HTTPRequest,
        route: String,
        deadline: Deadline = .none,
        fetch: (HTTPRequest) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        guard request.head.method == .get || request.head.method == .head else {
            let response = try await fetch(request)
            noteUnsafe(request.head, response.head)
            return passed(response, .method)
        }
        let call = CacheCall(request, route: route)
        if call.isBypassed { return passed(try await fetch(request), .bypass) }
        var isCollapsed = false
        // Two rounds: the second one's key has what the answer of the first depends on.
        for _ in 0..<2 {
            let lookup = store.find(call.key, route: route, request.head.fields)
            let reuse = lookup.stored.map { CacheReuse(of: $0, for: call.directives, at: now()) }
            if let stored = lookup.stored, reuse == .fresh || reuse == .stale {
                return answer(call, stored, isCollapsed: isCollapsed, .hit)
            }
            if call.directives.onlyIfCached { throw Self.notCached }
            let forward = call.forward(lookup)
            guard call.mayShare else { return try await fetchAlone(call, lookup, forward, fetch) }
            let key = call.flightKey(lookup)
            if let stored = lookup.stored, reuse == .staleWhileRevalidating, flights.isUnderWay(key) {
                return answer(call, stored, isCollapsed: false, .stale)
            }
            let end = deadline.capped(to: settings.longestWait, from: now().monotonic).instant
            let (entry, wake) = await flights.join(key, until: end, at: now().monotonic)
            switch (entry, wake) {
            case (.leads, _), (_, .leads): return try await lead(call, key, forward, fetch)
            case (_, .looksAgain): isCollapsed = true
            case (_, .cancelled): throw CancellationError()
            default: return try await fetchAlone(call, lookup, forward, fetch)
            }
        }
        let lookup = store.find(call.key, route: route, request.head.fields)
        if let stored = lookup.stored, CacheReuse(of: stored, for: call.directives, at: now()) == .fresh {
            return answer(call, stored, isCollapsed: true, .hit)
        }
        return try await fetchAlone(call, lookup, call.forward(lookup), fetch)
    }

    /// Forgets what a request with an unsafe method has changed (RFC 9111 §4.4): its target, and what `Location` and
    /// `Content-Location` name on the same host, unless the answer is an error. For requests of routes without a cache, too.
    func noteUnsafe(_ request: HTTPRequestHead, _ response: HTTPResponseHead) {
        let isSafe = request.method == .options || request.method == .trace
        guard !isSafe, request.method != .get, request.method != .head,
            (200...399).contains(response.status.code)
        else { return }
        let (hosts, authority) = (CacheKey.hosts(of: request), CacheKey.authority(of: request))
        invalidate(hosts, request.targetBytes)
        for name: HTTPFieldName in [.location, .contentLocation] {
            guard let place = response.fields[name], let target = CacheTarget(place, host: authority) else {
                continue
            }
            invalidate(hosts, target.bytes)
        }
    }

    /// However clients come to it.
    private func invalidate(_ host: ArraySlice<UInt8>, _ target: [UInt8]) {
        for isSecure in [false, true] {
            store.invalidate(CacheKey(isSecure: isSecure, host: host, target: target))
        }
    }

    /// 504 to a client that wants nothing from the service (RFC 9111 §5.2.1.7).
    private static let notCached = ProblemDetails(
        .gatewayTimeout,
        detail: "nothing that suits only-if-cached is in the cache",
        reason: "not_cached",
        isRetryable: false
    )

    private func passed(_ response: HTTPResponse, _ forward: CacheStatus.Forward) -> HTTPResponse {
        figures.count(.bypass)
        var response = response
        CacheStatus(forward: forward).append(to: &response.head.fields)
        return response
    }
}
