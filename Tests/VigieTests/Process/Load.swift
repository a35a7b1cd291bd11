import HTTP
import Reactor
import Synchronization
import TestSupport

/// Requests one after the other over kept connections, until it is stopped; counts answers by status.
final class Load: Sendable {
    private let request: HTTPRequest
    private let destination: HTTPDestination
    private let count = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)

    init(method: String, port: UInt16) {
        request = HTTPRequest(method == "GET" ? .get : .post, "/fast")
        destination = HTTPDestination(.loopback(port: port))
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Waits until so many more requests were answered.
    func waitForMore(_ more: Int) async throws {
        let goal = count.load(ordering: .relaxed) + more
        let end = MonotonicInstant.now + .seconds(20)
        while count.load(ordering: .relaxed) < goal {
            guard .now < end else { throw Stuck() }
            await Task.yield()
        }
    }

    struct Stuck: Error {}

    /// One client.
    func run() async throws -> [Int: Int] {
        let client = HTTPClient(on: try TestLoops.two)
        var statuses: [Int: Int] = [:]
        while !isStopped.load(ordering: .relaxed) {
            let response = try await client.send(request, to: destination)
            _ = try await response.body.collect(upTo: 1 << 16)
            statuses[Int(response.head.status.code), default: 0] += 1
            count.add(1, ordering: .relaxed)
        }
        await client.close()
        return statuses
    }
}
