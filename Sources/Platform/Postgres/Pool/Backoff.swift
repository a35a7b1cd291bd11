/// How long to wait before the next attempt to connect: 25 ms doubling to 400 ms, each less up to a half at random, so
/// that a server that is back is found in far less than two seconds, and not by all at once.
struct Backoff {
    private var step = 0

    /// The next wait in nanoseconds.
    mutating func next() -> Int64 {
        let longest = Int64(25_000_000) << min(step, 4)
        step += 1
        return longest - Int64.random(in: 0...longest / 2)
    }

    mutating func reset() { step = 0 }
}
