import Synchronization
import Vigie

/// What came of all calls so far.
struct LoadFigures: Codable, Sendable {
    var gets = 0
    var posts = 0
    var failed = 0
    /// The slowest call since the figures were last asked for, in milliseconds.
    var slowest = 0.0
    /// The first failures, in words.
    var failures: [String] = []
}

/// Workers that call one after the other.
final class Load: Sendable {
    private let client: ServiceClient
    private let route: CallRoute
    private let workers: Int
    private let counts = Mutex(LoadFigures())

    init(_ client: ServiceClient, workers: Int) {
        (self.client, self.workers) = (client, workers)
        route = client.route("/fast")
    }

    /// What came so far; the slowest call is forgotten.
    var figures: LoadFigures {
        counts.withLock { counts in
            defer { counts.slowest = 0 }
            return counts
        }
    }

    /// Calls until the task is cancelled.
    func run(on group: EventLoopGroup) async {
        await withDiscardingTaskGroup { tasks in
            for number in 0..<workers {
                let loop = group.next()
                tasks.addTask(executorPreference: loop) {
                    let request = HTTPRequest(number.isMultiple(of: 2) ? .get : .post, "/fast")
                    while !Task.isCancelled {
                        // A refusal for want of an instance takes no time at all, and would leave none to others.
                        if await !self.call(request) { try? await loop.sleep(for: .milliseconds(10)) }
                    }
                }
            }
        }
    }

    /// Calls once. Returns whether all was well.
    private func call(_ request: HTTPRequest) async -> Bool {
        let began = MonotonicInstant.now
        var failure: String?
        do {
            let response = try await client.send(request, on: route)
            _ = try await response.body.collect(upTo: 1 << 16)
            let code = response.head.status.code
            if !(200..<300).contains(code) { failure = "\(code)" }
        } catch let error as CallError {
            // The drill is over.
            if error.code == .cancelled { return false }
            failure = "\(error.code) \(error.detail)"
        } catch { failure = "\(error)" }
        note(request.head.method, failure, Double((MonotonicInstant.now - began).nanoseconds) / 1e6)
        return failure == nil
    }

    private func note(_ method: HTTPMethod, _ failure: String?, _ milliseconds: Double) {
        counts.withLock { counts in
            if method == .get { counts.gets += 1 } else { counts.posts += 1 }
            counts.slowest = max(counts.slowest, milliseconds)
            guard let failure else { return }
            counts.failed += 1
            if counts.failures.count < 10 { counts.failures.append("\(method) \(failure)") }
        }
    }
}
