/// Lines that a program writes and a test waits for, in order.
final class Events: Sendable {
    private let stream: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(10_000)) }

    func note(_ event: String) { continuation.yield(event) }
    func finish() { continuation.finish() }

    /// Waits for the next one; nil when the program has ended.
    func next() async -> String? {
        for await event in stream { return event }
        return nil
    }

    /// Waits for `event`; false when it never comes.
    func wait(for event: String) async -> Bool {
        while let next = await next() { if next == event { return true } }
        return false
    }
}
