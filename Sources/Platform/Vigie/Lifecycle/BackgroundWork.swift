import Reactor
import Telemetry

/// Work beside the requests: begun again when it fails.
struct BackgroundWork: Sendable {
    let work: ServiceSetup.Work
    let loop: EventLoop

    private static let waits = (first: Duration.seconds(1), longest: Duration.seconds(30))

    /// Runs the work until it returns or the task is cancelled.
    func run() async {
        var wait = Self.waits.first
        while !Task.isCancelled {
            do {
                return try await work.run()
            } catch {
                guard !Task.isCancelled else { return }
                Context.current.logger.error(
                    "work failed",
                    ["work": .string(work.name), "error": "\(error)"]
                )
            }
            try? await loop.sleep(for: wait)
            wait = min(wait * 2, Self.waits.longest)
        }
    }
}
