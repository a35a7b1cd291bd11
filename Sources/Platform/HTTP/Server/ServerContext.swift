import Glibc
import Reactor

/// What all connections of a server share on one loop. Touched by that loop alone.
final class ServerContext {
    let settings: HTTPServerSettings
    let handler: HTTPHandler
    let local: LoopLocal
    /// The settings' times as they are added to the clock, for each request.
    let times: Times
    /// All that is counted but the refusals.
    var tally = HTTPServerCounters()
    private var refusals: [HTTPRefusal: UInt64] = [:]
    var isDraining = false
    let room = SpareRoom()
    private var lastExchange = 0

    private var dateLine: [UInt8] = []
    private var dateExpiry = MonotonicInstant(nanoseconds: 0)

    init(_ settings: HTTPServerSettings, _ handler: @escaping HTTPHandler, _ local: LoopLocal) {
        self.settings = settings
        self.handler = handler
        self.local = local
        times = Times(
            head: settings.headTimeout.nanoseconds,
            idle: settings.idleTimeout.nanoseconds,
            drainIdle: settings.drainIdleTimeout.nanoseconds,
            parking: settings.headTimeout.nanoseconds,
            request: settings.requestTimeout.nanoseconds
        )
    }

    /// What has been counted on this loop.
    var counters: HTTPServerCounters {
        var counters = tally
        counters.refusals = refusals
        return counters
    }

    /// How long the handler may take for a request, in nanoseconds.
    func requestTime(for head: HTTPRequestHead) -> Int64 {
        guard let timeouts = settings.requestTimeouts else { return times.request }
        return timeouts.of(head)?.nanoseconds ?? times.request
    }

    /// Nanoseconds.
    struct Times {
        let head: Int64
        let idle: Int64
        let drainIdle: Int64
        /// Behind what idle time a connection is parked: the time for a head, so that a short timeout of a route changes nothing.
        let parking: Int64
        let request: Int64
    }

    /// The `Date` line of this second, made once in it.
    var date: [UInt8] {
        if local.now >= dateExpiry { renewDate() }
        return dateLine
    }

    private func renewDate() {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        dateLine = Array("Date: \(HTTPDate.format(Int64(time.tv_sec)))\r\n".utf8)
        dateExpiry = local.now + .nanoseconds(1_000_000_000 - Int64(time.tv_nsec))
    }

    /// A number for the next request, unique on this loop.
    func nextExchange() -> Int {
        lastExchange += 1
        return lastExchange
    }

    /// Counts and reports a refusal.
    func note(_ error: HTTPProtocolError) {
        refusals[error.reason, default: 0] += 1
        settings.report?(.refused(error, status: error.reason.status))
    }
}
