import Reactor
import Synchronization

@testable import Gateway

/// A number that tasks count up together.
final class LimitTally: Sendable {
    private let number = Atomic<Int>(0)

    /// Adds one and returns the sum.
    func next() -> Int { number.add(1, ordering: .relaxed).newValue }
    var value: Int { number.load(ordering: .relaxed) }
}

/// Times, keys and policies for the tests of limits.
enum LimitFixture {
    /// So long after an origin of the tests' own.
    static func at(_ time: Duration) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: 5_000_000_000_000) + time
    }

    static func key(_ number: UInt64) -> RateKey { RateKey(hash: number) }

    /// A policy; `text` as it is configured.
    static func limit(
        _ text: String,
        burst: Int? = nil,
        name: String = "api",
        by key: RateLimit.KeyKind = .client
    ) throws -> RateLimit {
        guard let rate = Rate(parsing: text), let limit = RateLimit(name, rate, burst: burst, by: key) else {
            throw Bad(text: text)
        }
        return limit
    }

    struct Bad: Error { let text: String }
}
