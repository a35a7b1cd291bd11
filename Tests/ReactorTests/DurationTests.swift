import Reactor
import Testing

@Suite("durations") struct DurationTests {
    static let cases: [(Duration, Int64)] = [
        (.zero, 0), (.nanoseconds(1), 1), (.nanoseconds(-1), -1), (.seconds(10), 10_000_000_000),
        (Duration(secondsComponent: 0, attosecondsComponent: 999_999_999), 0),
        (Duration(secondsComponent: 0, attosecondsComponent: -999_999_999), 0),
        (Duration(secondsComponent: 18, attosecondsComponent: 446_744_073_709_551_616), 18_446_744_073),
        (.seconds(-366 * 86_400), -31_622_400_000_000_000), (.seconds(366 * 86_400), 31_622_400_000_000_000),
        (.nanoseconds(Int64.max), .max), (.nanoseconds(Int64.min), .min),
        (.nanoseconds(Int64.max) + .nanoseconds(1), .max), (.nanoseconds(Int64.min) - .nanoseconds(1), .min),
        (.seconds(Int64.max), .max), (.seconds(Int64.min), .min),
    ]

    @Test("whole nanoseconds, cut towards zero and kept within 64 bits", arguments: cases)
    func nanoseconds(duration: Duration, expected: Int64) { #expect(duration.nanoseconds == expected) }
}
