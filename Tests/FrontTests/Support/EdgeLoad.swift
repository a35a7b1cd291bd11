import HTTP
import Reactor
import Synchronization
import TestSupport
import WebClient

/// Requests over TLS, one after the other, by some workers, while a test does something; counts what came back.
final class EdgeLoad: Sendable {
    /// What came of all requests.
    struct Figures: Sendable {
        var statuses: [Int: Int] = [:]
        var failures: [String] = []
        /// Requests that were sent again, since the connection ended before the server took them.
        var resent = 0
        var all: Int { statuses.values.reduce(0, +) }
    }

    private let figures = Mutex(Figures())
    private let isStopped = Atomic<Bool>(false)
    private let client: WebClient
    private let port: UInt16

    private init(_ stage: FrontStage, http2: Bool) throws {
        var settings = WebClientSettings()
        settings.trust = .only(file: stage.authority)
        settings.proxy = .none
        settings.offersHTTP2 = http2
        client = try WebClient(on: try TestLoops.two, settings: settings)
        port = stage.httpsPort
    }

    /// Sends GET and POST as long as `body` runs.
    ///
    /// - Returns: what came of them.
    static func run(
        _ stage: FrontStage,
        http2: Bool = true,
        while body: (EdgeLoad) async throws -> Void
    ) async throws -> Figures {
        let load = try EdgeLoad(stage, http2: http2)
        let figures = try await withThrowingTaskGroup(of: Void.self) { tasks in
            for method in [HTTPMethod.get, .get, .post, .post] {
                let loop = try TestLoops.two.next()
                tasks.addTask(executorPreference: loop) { try await load.work(method, loop) }
            }
            defer { load.isStopped.store(true, ordering: .relaxed) }
            try await body(load)
            load.isStopped.store(true, ordering: .relaxed)
            try await tasks.waitForAll()
            return load.now
        }
        await load.client.close()
        return figures
    }

    /// What has come so far.
    var now: Figures { figures.withLock { $0 } }

    /// Waits until so many more requests were answered.
    func answers(_ more: Int) async throws {
        let goal = now.all + more
        try await eventually("\(more) more answers, failures: \(now.failures.suffix(3))") { now.all >= goal }
    }

    private func work(_ method: HTTPMethod, _ loop: EventLoop) async throws {
        let destination = try WebDestination(host: "localhost", port: port)
        while !isStopped.load(ordering: .relaxed) {
            var request = HTTPRequest(method, "/api/load")
            if method == .post { request.body = HTTPBody("content") }
            await send(request, to: destination)
            // Leaves the processors to those who are asked.
            try await loop.sleep(for: .milliseconds(5))
        }
    }

    /// Sends a request, and again where a kept connection ended before the server took it: each of a pool's may.
    private func send(_ request: HTTPRequest, to destination: WebDestination) async {
        var timeouts = HTTPTimeouts()
        (timeouts.attempt, timeouts.total) = (.seconds(20), .seconds(20))
        for attempt in 1...4 {
            do {
                let response = try await client.send(request, to: destination, timeouts: timeouts)
                _ = try await response.body.collect(upTo: 1 << 16)
                return figures.withLock { $0.statuses[Int(response.head.status.code), default: 0] += 1 }
            } catch WebClientError.disconnected where attempt < 4 {
                figures.withLock { $0.resent += 1 }
            } catch {
                return figures.withLock { $0.failures.append("\(request.head.method): \(error)") }
            }
        }
    }
}
