import Reactor
import Telemetry
import TestSupport
import Testing

@testable import Gateway

@Suite("metrics of limits") struct LimitMetricsTests {
    @Test("a scrape tells what the limits hold and refused")
    func scrape() throws {
        let registry = MetricRegistry(loops: try TestLoops.one.loops)
        let limiter = RateLimiter(try LimitFixture.limit("10/h", burst: 1))
        for key in 1...3 as ClosedRange<UInt64> {
            for _ in 0..<2 { _ = limiter.take(LimitFixture.key(key), at: LimitFixture.at(.zero)) }
        }
        let process = InFlightLimit(1)
        let held = process.enter()
        let isFull = process.enter() == nil
        #expect(isFull)
        let shared = SharedRateLimiter(limiter, store: MemoryRateStore()) { _ in }
        let shedder = LoadShedder(service: "listing")
        try LimitMetrics(
            zones: { [limiter] },
            sharedZones: { [shared] },
            inFlight: { [("process", process.count, process.refused)] },
            shedders: { [shedder] }
        ).declare(in: registry)
        let text = String(decoding: registry.exposition(.text), as: UTF8.self)
        for line in [
            "gateway_rate_limited_total{zone=\"api\"} 3", "gateway_rate_limit_keys{zone=\"api\"} 3",
            "gateway_rate_limit_evictions_total{zone=\"api\"} 0",
            "gateway_rate_limit_store_failures_total{zone=\"api\"} 0",
            "gateway_in_flight{limit=\"process\"} 1",
            "gateway_in_flight_refused_total{limit=\"process\"} 1",
            "gateway_concurrency_limit{service=\"listing\"} 100", "gateway_shed_total{service=\"listing\"} 0",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line) is not in \(text)")
        }
        _ = consume held
    }

    @Test("a scrape tells what the cache does and holds")
    func cache() async throws {
        let registry = MetricRegistry(loops: try TestLoops.one.loops)
        let cache = try CacheFixture.cache(CacheClock())
        try cache.declareMetrics(in: registry)
        for _ in 0..<3 {
            _ = try await cache.respond(to: CacheFixture.get(), route: "r") { _ in CacheFixture.ok() }
        }
        let text = String(decoding: registry.exposition(.text), as: UTF8.self)
        for line in [
            "gateway_cache_requests_total{result=\"hit\"} 2",
            "gateway_cache_requests_total{result=\"miss\"} 1",
            "gateway_cache_requests_total{result=\"bypass\"} 0", "gateway_cache_entries 1",
            "gateway_cache_evictions_total 0", "gateway_cache_bytes \(cache.store.byteCount)",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line) is not in \(text)")
        }
        #expect(cache.store.byteCount > StoredResponse.overhead)
    }
}
