/// The upper bounds of a histogram's buckets, in the metric's unit; a bound belongs to its bucket (`le`).
///
/// A plain address of numbers that are never freed (docs/adr/0006): make bounds once, as constants.
@safe public struct HistogramBounds: Sendable {
    /// The largest number of bounds.
    public static let limit = 100

    // Written in `init` only, never freed.
    private nonisolated(unsafe) let first: UnsafeMutablePointer<Double>
    let count: Int

    /// Takes bounds that grow, at most ``limit`` finite numbers; whether they do is checked when a metric is declared.
    public init(_ bounds: [Double]) {
        let copy = UnsafeMutableBufferPointer<Double>.allocate(capacity: max(1, bounds.count))
        _ = unsafe copy.initialize(from: bounds)
        // Of an allocation that is not empty, so there is an address.
        unsafe first = copy.baseAddress.unsafelyUnwrapped
        count = bounds.count
    }

    /// The bounds as they were given.
    public var values: [Double] { (0..<count).map { unsafe first[$0] } }

    /// Which bucket `value` belongs to: ``count`` for one above all bounds. A walk, since most requests are fast.
    @inline(__always) func bucket(of value: Double) -> Int {
        var index = 0
        while index < count, unsafe value > first[index] { index += 1 }
        return index
    }

    /// The rule that these break; nil when they are good.
    var problem: String? {
        guard (1...Self.limit).contains(count) else {
            return "\(count) bounds; between 1 and \(Self.limit) are allowed"
        }
        let values = values
        guard values.allSatisfy(\.isFinite) else {
            return "a bound is not a finite number; the last bucket, +Inf, is implied"
        }
        guard zip(values, values.dropFirst()).allSatisfy(<) else { return "the bounds must grow" }
        return nil
    }

    /// HTTP between processes, in seconds.
    public static let http = HistogramBounds(httpSeconds)
    /// Hops that may take less than the network: the same with finer ones before, in seconds.
    public static let httpInProcess = HistogramBounds([0.0005, 0.001, 0.0025] + httpSeconds)
    /// Database calls, in seconds (OpenTelemetry, "db.client.operation.duration").
    public static let database = HistogramBounds([0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10])

    /// OpenTelemetry, "http.server.request.duration".
    private static let httpSeconds = [
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]
}
