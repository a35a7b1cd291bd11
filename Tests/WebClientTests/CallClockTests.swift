import HTTP
import Reactor
import Testing

@testable import WebClient

@Suite("a call's deadlines") struct CallClockTests {
    private static let start = MonotonicInstant(nanoseconds: 1_000_000_000)
    private static func at(_ milliseconds: Int64) -> MonotonicInstant { start + milliseconds * 1_000_000 }
    private func clock() -> CallClock { CallClock(HTTPTimeouts(), at: Self.start) }

    @Test("waiting for a turn and a name: the whole's alone")
    func waiting() {
        #expect(clock().expired(at: Self.at(9_999)) == nil)
        #expect(clock().expired(at: Self.at(10_000)) == .connection)
    }

    @Test("connecting: 500 ms, from the first socket on")
    func connecting() {
        var clock = clock()
        clock.connects(at: Self.at(1_000))
        clock.connects(at: Self.at(1_400))
        #expect(clock.isConnecting)
        #expect(clock.expired(at: Self.at(1_499)) == nil)
        #expect(clock.expired(at: Self.at(1_500)) == .connection)
    }

    @Test("TLS counts towards the attempt")
    func handshake() {
        var clock = clock()
        clock.connects(at: Self.at(0))
        clock.isConnected()
        #expect(clock.expired(at: Self.at(2_999)) == nil)
        #expect(clock.expired(at: Self.at(3_000)) == .head)
    }

    @Test("the head: 3 s; a content: 30 s without progress, and never when it is our turn")
    func stages() {
        var timeouts = HTTPTimeouts()
        timeouts.total = nil
        var clock = CallClock(timeouts, at: Self.start)
        clock.awaitsHead(at: Self.at(100))
        #expect(clock.next == Self.at(3_100))
        clock.awaitsContent(at: Self.at(200))
        #expect(clock.expired(at: Self.at(30_199)) == nil)
        #expect(clock.expired(at: Self.at(30_200)) == .content)
        clock.rests()
        #expect(clock.next == .distantFuture)
    }
}
