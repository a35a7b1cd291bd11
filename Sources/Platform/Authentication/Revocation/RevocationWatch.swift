package import Discovery
package import Reactor
import Synchronization
package import Telemetry
import Tokens

/// Follows the list of revocations in the registry: what is written there counts here within a moment, for tokens that
/// were verified before too. While the registry is away the last known list serves on, and its age shows.
package final class RevocationWatch: Sendable {
    /// The keys below which the entries stand.
    package static let prefix = "vigie/revoked/"

    /// What is revoked.
    package let list: RevocationList
    private let client: ConsulClient
    private let settings: BlockingQuery.Settings
    private let malformed: Counter
    private struct State {
        var book = RevocationBook()
        var confirmed: MonotonicInstant?
        var isAway = false
        var isSettled = false
    }
    private let state = Mutex(State())

    /// How the registry is asked: held for 10 s at most, so that one that vanished without a word is noticed soon.
    private static let standard: BlockingQuery.Settings = {
        var settings = BlockingQuery.Settings()
        settings.wait = .seconds(10)
        settings.longestPause = .seconds(1)
        return settings
    }()

    /// The least time between two answers that are taken: many revocations at once are read together.
    private static let pause = Duration.milliseconds(100)

    /// Makes a watch; nothing happens before ``run(on:)``.
    ///
    /// - Throws: `MetricError` when there is one already.
    package init(_ client: ConsulClient, _ metrics: MetricRegistry) throws(MetricError) {
        self.client = client
        settings = Self.standard
        list = RevocationList()
        malformed = try metrics.declare(StandardMetrics.authRevocationsMalformed).with()
        try metrics.observe(StandardMetrics.authRevocations) { [weak self] in
            self.map { [MetricReading(Double($0.count))] } ?? []
        }
        try metrics.observe(StandardMetrics.authRevocationsAge) { [weak self] in
            (self?.age()).map { [MetricReading(Double($0.nanoseconds) / 1e9)] } ?? []
        }
    }

    /// How many entries are in force.
    package var count: Int { state.withLock { $0.book.entries.count } }

    /// Whether what the registry said first is in force, or it was found away: before, nothing is known to be revoked.
    package var isSettled: Bool { state.withLock { $0.isSettled } }

    /// How long ago the registry confirmed the list; nil when it never did.
    package func age(at now: MonotonicInstant = .now) -> Duration? {
        state.withLock { $0.confirmed }.map { now - $0 }
    }

    /// Follows the list until the task is cancelled.
    package func run(on loop: EventLoop) async {
        await QueryRunner(loop: loop, settings: settings).run(
            ask: { (poll) async throws(ConsulError) in try await client.values(under: Self.prefix, poll) },
            answer: { (pairs, isReset) async throws(ConsulError) in
                take(pairs, isReset)
                try? await loop.sleep(for: Self.pause)
            },
            failure: { fail($0) }
        )
    }

    private func take(_ pairs: [KeyValuePair], _ isReset: Bool) {
        let pairs = pairs.map {
            RevocationBook.Pair(key: $0.key, value: $0.value, modifyIndex: $0.modifyIndex)
        }
        let (change, wasAway, book) = state.withLock { state in
            defer { (state.confirmed, state.isAway) = (.now, false) }
            return (state.book.take(pairs, isReset: isReset, at: .now), state.isAway, state.book)
        }
        if wasAway { Context.current.logger.info("the registry is back; revocations are followed again") }
        for mistake in change.mistakes {
            malformed.add()
            Context.current.logger.warning(
                "a revocation can't be read and is passed over",
                ["key": .string(mistake.key), "error": .string(mistake.reason)]
            )
        }
        if change.isChanged { replace(with: book) }
        state.withLock { $0.isSettled = true }
    }

    private func replace(with book: RevocationBook) {
        do throws(RevocationSet.Full) {
            list.replace(with: try book.snapshot())
        } catch {
            Context.current.logger.error("revocations not taken", ["error": .string("\(error)")])
        }
    }

    private func fail(_ error: ConsulError) {
        let wasAway = state.withLock { state in
            defer { (state.isAway, state.isSettled) = (true, true) }
            return state.isAway
        }
        guard !wasAway else { return }
        Context.current.logger.warning(
            "revocations can't be followed; the last known ones count",
            ["error": .string("\(error)")]
        )
    }
}
