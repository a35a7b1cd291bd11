import Reactor
import Telemetry
import Tokens

/// Keeps one issuer's keys up to date, and says in the log when they can't be had and when they can again.
struct IssuerUpkeep: Sendable {
    let issuer: String
    let cache: KeySetCache

    /// Fetches the keys when they are due, until the task is cancelled.
    func run(on loop: EventLoop) async {
        var isFailing = false
        repeat {
            await cache.refresh()
            let failure = cache.figures.lastFailure
            if let failure, !isFailing { tell(of: failure) }
            if failure == nil, isFailing {
                Context.current.logger.info("the issuer's keys are here", ["issuer": .string(issuer)])
            }
            isFailing = failure != nil
        } while (try? await loop.sleep(for: .seconds(1))) != nil
    }

    private func tell(of failure: String) {
        let fields: Attributes = ["issuer": .string(issuer), "error": .string(failure)]
        guard cache.snapshot == nil else {
            return Context.current.logger.warning("the issuer is away; its last keys serve on", fields)
        }
        Context.current.logger.warning(
            "the issuer's keys can't be had; its tokens are answered with 503",
            fields
        )
    }
}
