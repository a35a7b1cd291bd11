import Dispatch
import Foundation
import Reactor
import Synchronization

/// What the tests of this module share.
enum ReactorFixture {
    private static let started = Result { () throws(SystemError) in try EventLoopGroup(count: 2) }

    /// Loops on which nothing may block.
    static var group: EventLoopGroup { get throws { try started.get() } }

    /// A program built beside the test bundle; nil when it is not there.
    static func product(_ name: String) -> String? {
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let path = bundle.deletingLastPathComponent().appending(path: name).path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }
}

/// A folder for one test, gone with all in it when the test ends.
final class TemporaryFolder: Sendable {
    let url: URL
    var path: String { url.path }

    init() throws {
        // Short: a Unix socket's path has 107 bytes.
        url = FileManager.default.temporaryDirectory.appending(path: "vigie-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

/// Holds threads up until it is opened; only for those of blocking pools and for loops of a test's own.
final class Barrier: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func open(times: Int = 1) { for _ in 0..<times { semaphore.signal() } }
    func wait() { semaphore.wait() }
}

/// Events that code under test reports and a test waits for, in order.
final class Events<Event: Sendable>: Sendable {
    private let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(100_000)) }

    func note(_ event: Event) { continuation.yield(event) }

    /// Waits for the next one.
    func next() async -> Event? {
        for await event in stream { return event }
        return nil
    }
}
