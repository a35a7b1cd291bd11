import Reactor
import Synchronization
import TestSupport
import Testing

@Suite("send queue", .timeLimit(.minutes(1))) struct SendQueueTests {
    /// Notes when it is told to send.
    private final class Sender: QueuedSender {
        let number: Int
        let note: (Int) -> Void

        init(_ number: Int, _ note: @escaping (Int) -> Void) {
            self.number = number
            self.note = note
        }

        func sendQueued() { note(number) }
    }

    /// Those who have sent, in their order.
    private final class Sent: Sendable {
        let numbers = Mutex<[Int]>([])
    }

    /// Has so many queued by one job of a loop.
    ///
    /// - Returns: who had sent when the job ended, and who had in the end.
    private func queue(_ count: Int) async throws -> (early: [Int], all: [Int]) {
        let sent = Sent()
        let loop = try TestLoops.two.loops[0]
        let early = await Task(executorPreference: loop) {
            for number in 0..<count {
                loop.local.sends.append(
                    Sender(number) { number in sent.numbers.withLock { $0.append(number) } }
                )
            }
            return sent.numbers.withLock { $0 }
        }.value
        // Behind the round in which the job was.
        await Task(executorPreference: loop) { await Task.yield() }.value
        return (early, sent.numbers.withLock { $0 })
    }

    @Test("what a round has written is sent at its end, in order")
    func endOfRound() async throws {
        let (early, all) = try await queue(3)
        // Some earlier when the job was stopped in the middle for half a millisecond.
        #expect(early == Array(0..<early.count))
        #expect(all == [0, 1, 2])
    }

    @Test("as many as are enough don't wait for the round's end")
    func full() async throws {
        let (early, all) = try await queue(SendQueue.limit + 2)
        #expect(!early.isEmpty && early == Array(0..<early.count))
        #expect(all == Array(0..<(SendQueue.limit + 2)))
    }
}
