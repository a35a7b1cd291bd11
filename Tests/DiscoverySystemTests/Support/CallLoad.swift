import HTTP
import Reactor
import Resilience
import Synchronization
import TestSupport

/// Calls one after the other, by some workers, while a test does something; counts what came back.
final class CallLoad: Sendable {
    /// What came of all calls.
    struct Figures: Sendable {
        var answered = 0
        var failures: [String] = []
    }

    private let client: ServiceClient
    private let figures = Mutex(Figures())
    private let isStopped = Atomic<Bool>(false)

    private init(_ client: ServiceClient) { self.client = client }

    /// Calls by one worker for each of `methods`, as long as `body` runs.
    ///
    /// - Returns: what came of the calls.
    static func run(
        _ client: ServiceClient,
        _ methods: [HTTPMethod] = [.get, .get, .post, .post],
        timeouts: HTTPTimeouts = HTTPTimeouts(),
        while body: (CallLoad) async throws -> Void
    ) async throws -> Figures {
        let load = CallLoad(client)
        let route = client.route("/fast", timeouts: timeouts)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            for method in methods {
                let loop = try TestLoops.two.next()
                tasks.addTask(executorPreference: loop) { await load.work(method, route, loop) }
            }
            defer { load.isStopped.store(true, ordering: .relaxed) }
            try await body(load)
            load.isStopped.store(true, ordering: .relaxed)
            try await tasks.waitForAll()
            return load.now
        }
    }

    /// What has come so far.
    var now: Figures { figures.withLock { $0 } }

    /// Waits until so many more calls were answered.
    func answers(_ more: Int) async throws {
        let goal = now.answered + more
        try await eventually("\(more) more answers, failures: \(now.failures.suffix(3))") {
            now.answered >= goal
        }
    }

    private func work(_ method: HTTPMethod, _ route: CallRoute, _ loop: EventLoop) async {
        let request = HTTPRequest(method, "/fast")
        while !isStopped.load(ordering: .relaxed) {
            let failure = await call(request, route)
            figures.withLock { figures in
                if let failure { figures.failures.append(failure) } else { figures.answered += 1 }
            }
            // Leaves the processors to those who are called.
            guard (try? await loop.sleep(for: .milliseconds(4))) != nil else { return }
        }
    }

    /// Nil when all was well.
    private func call(_ request: HTTPRequest, _ route: CallRoute) async -> String? {
        do {
            let response = try await client.send(request, on: route)
            _ = try await response.body.collect(upTo: 1 << 16)
            let status = response.head.status
            return (200..<300).contains(status.code) ? nil : "\(request.head.method) \(status.code)"
        } catch let error as CallError {
            return "\(request.head.method) \(error.code) \(error.detail)"
        } catch {
            return "\(request.head.method) \(error)"
        }
    }
}
