import Reactor
import Testing

@testable import Front

@Suite("waiting until it is quiet") struct DebounceTests {
    private static func at(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    @Test("it is acted half a second behind the last change")
    func quiet() {
        var debounce = Debounce()
        #expect(debounce.due == nil)
        debounce.note(at: Self.at(1_000))
        #expect(debounce.due == Self.at(1_500))
        debounce.note(at: Self.at(1_400))
        #expect(debounce.due == Self.at(1_900))
        debounce.clear()
        #expect(debounce.due == nil)
    }

    @Test("what never rests is acted upon behind two seconds")
    func longest() {
        var debounce = Debounce()
        for time in stride(from: 0, through: 10_000, by: 100) { debounce.note(at: Self.at(Int64(time))) }
        #expect(debounce.due == Self.at(2_000))
    }
}
