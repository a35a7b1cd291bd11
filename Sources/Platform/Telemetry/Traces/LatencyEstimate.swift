/// A running estimate of a route's p99, in bounded memory.
///
/// Counts in buckets whose bounds grow by about a quarter octave, from 1 µs to 68 s; an answer is the upper bound of its
/// bucket, so at most a quarter too high. Every 4 096 samples all counts are halved: the past fades, whatever the rate.
struct LatencyEstimate: Sendable {
    private static let firstOctave = 10
    private static let bucketCount = 27 * 4
    private static let halvingPeriod: UInt32 = 4096
    /// The threshold is looked up again after so many samples.
    private static let refreshPeriod: UInt32 = 64

    private var counts = [UInt32](repeating: 0, count: bucketCount)
    private var total: UInt32 = 0
    private var sinceRefresh: UInt32 = 0
    private var sinceHalving: UInt32 = 0
    /// How many samples there were, up to the number that is asked for.
    private(set) var seen = 0
    /// The 99th percentile, nanoseconds; `Int64.max` before the first samples.
    private(set) var threshold = Int64.max

    /// Adds a duration in nanoseconds.
    mutating func record(_ duration: Int64) {
        counts[Self.bucket(of: duration)] += 1
        total += 1
        seen += 1
        sinceHalving += 1
        sinceRefresh += 1
        if sinceHalving == Self.halvingPeriod { halve() }
        if sinceRefresh == Self.refreshPeriod { refresh() }
    }

    private mutating func halve() {
        total = 0
        for index in counts.indices {
            counts[index] /= 2
            total += counts[index]
        }
        sinceHalving = 0
    }

    private mutating func refresh() {
        sinceRefresh = 0
        var above: UInt32 = 0
        for index in counts.indices.reversed() {
            above += counts[index]
            guard above * 100 <= total else {
                threshold = Self.upperBound(of: index)
                return
            }
        }
    }

    static func bucket(of duration: Int64) -> Int {
        let value = UInt64(max(duration, 1 << Int64(firstOctave)))
        let octave = 63 - value.leadingZeroBitCount
        let quarter = Int((value >> UInt64(octave - 2)) & 3)
        return min((octave - firstOctave) * 4 + quarter, bucketCount - 1)
    }

    static func upperBound(of bucket: Int) -> Int64 {
        let (octave, quarter) = (bucket / 4 + firstOctave, Int64(bucket % 4))
        return (5 + quarter) << Int64(octave - 2)
    }
}
