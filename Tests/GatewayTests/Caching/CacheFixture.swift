import HTTP
import Reactor
import Synchronization
import TestSupport

@testable import Gateway

/// Clocks that a test moves. The monotonic one begins at the real one's reading, since the timers of waits follow that.
final class CacheClock: Sendable {
    static let date: Int64 = 1_700_000_000
    private let start = MonotonicInstant.now
    private let offset = Atomic<Int64>(0)

    var now: CacheInstant {
        let seconds = offset.load(ordering: .relaxed)
        return CacheInstant(monotonic: start + seconds * 1_000_000_000, date: Self.date + seconds)
    }

    func advance(_ seconds: Int64) { offset.add(seconds, ordering: .relaxed) }
}

/// A service whose answers a test prescribes, and what it was asked.
final class CacheOrigin: Sendable {
    private let answers: Mutex<[Result<HTTPResponse, CacheFixture.Down>]>
    private let asked: Mutex<[HTTPRequest]> = Mutex([])

    /// Gives these answers one after the other, the last again and again.
    init(_ answers: Result<HTTPResponse, CacheFixture.Down>...) { self.answers = Mutex(answers) }

    convenience init(_ answer: HTTPResponse) { self.init(.success(answer)) }

    var requests: [HTTPRequest] { asked.withLock { $0 } }

    func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        asked.withLock { $0.append(request) }
        return try answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }.get()
    }
}

enum CacheFixture {
    struct Down: Error {}

    static func get(
        _ target: String = "/a",
        _ fields: HTTPFields = HTTPFields(),
        method: HTTPMethod = .get
    ) -> HTTPRequest {
        var request = HTTPRequest(method, target, fields: fields)
        request.head.fields.append(.host, "Shop.example")
        return request
    }

    static func ok(
        _ control: String? = "max-age=60",
        _ fields: HTTPFields = HTTPFields(),
        body: String = "content"
    )
        -> HTTPResponse
    {
        var response = HTTPResponse(.ok, fields: fields, body: HTTPBody(body))
        if let control { response.head.fields.append(.cacheControl, control) }
        if !response.head.fields.contains(.date) {
            response.head.fields.append(.date, HTTPDate.format(CacheClock.date))
        }
        return response
    }

    /// A cache whose waits don't end by themselves.
    static func cache(
        _ clock: CacheClock,
        _ change: (inout ResponseCacheSettings) -> Void = { _ in }
    ) throws -> ResponseCache {
        var settings = ResponseCacheSettings()
        settings.longestWait = .seconds(86_400)
        settings.partCount = 1
        change(&settings)
        return ResponseCache(settings, timersOn: try TestLoops.one.loops[0]) { clock.now }
    }

    /// The seconds of an HTTP date some seconds after the clock's beginning.
    static func date(_ seconds: Int64) -> String { HTTPDate.format(CacheClock.date + seconds) }
}

extension HTTPResponse {
    var cacheStatus: String { head.fields[.cacheStatus] ?? "" }
    var ageField: String? { head.fields[.age] }
    func text() async throws -> String {
        String(decoding: try await body.collect(upTo: 1 << 24), as: UTF8.self)
    }
}
