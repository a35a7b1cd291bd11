package import Reactor

/// Follows something in Consul until its task is cancelled.
package struct QueryRunner: Sendable {
    private let loop: EventLoop
    private let settings: BlockingQuery.Settings

    /// Asks from `loop`, as often as the settings say.
    package init(loop: EventLoop, settings: BlockingQuery.Settings = BlockingQuery.Settings()) {
        self.loop = loop
        self.settings = settings
    }

    /// Asks again and again.
    ///
    /// - Parameters:
    ///   - limit: the longest that the next question may wait; nil for as long as it is good.
    ///   - ask: sends a question.
    ///   - answer: takes its answer, and whether the registry may have lost what it knew.
    ///   - failure: hears why there is none.
    package func run<Value: Sendable>(
        waitingAtMost limit: () -> Duration? = { nil },
        ask: (ConsulPoll) async throws(ConsulError) -> ConsulIndexed<Value>,
        answer: (Value, _ isReset: Bool) async throws(ConsulError) -> Void,
        failure: (ConsulError) async -> Void
    ) async {
        var query = BlockingQuery(settings)
        var random = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            let pause: Duration
            do throws(ConsulError) {
                let found = try await ask(query.next(at: .now, waitingAtMost: limit()))
                let news = query.answered(index: found.index, at: .now, using: &random)
                try await answer(found.value, news.isReset)
                pause = news.pause
            } catch {
                guard !error.isCancellation else { return }
                await failure(error)
                pause = query.failed(using: &random)
            }
            if pause > .zero { try? await loop.sleep(for: pause) }
        }
    }
}
