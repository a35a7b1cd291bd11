import Foundation
import Synchronization
import Vigie

@testable import Identity

/// The time, as a test says.
final class TestClock: Sendable {
    @TaskLocal static var current = TestClock()

    private let time = Mutex(Date())

    var now: Date { time.withLock { $0 } }

    func advance(_ time: Duration) { self.time.withLock { $0 += time.seconds } }
}

/// The service with the clock of the test that starts it.
struct TimedIdentity: Service {
    static let name = Identity.name
    static let options = Identity.options
    private let identity: Identity

    init(_ setup: ServiceSetup) async throws {
        let clock = TestClock.current
        identity = try await Identity(setup) { clock.now }
    }

    var routes: some Routes { identity.routes }
}

extension Duration {
    static func minutes(_ count: Int) -> Duration { .seconds(60 * count) }
    static func hours(_ count: Int) -> Duration { .seconds(3_600 * count) }
    static func days(_ count: Int) -> Duration { .hours(24 * count) }
}
