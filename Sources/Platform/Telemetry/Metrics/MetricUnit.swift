/// A base unit, which the metric's name ends in (OpenMetrics 1.0, "Units and Base Units").
public struct MetricUnit: Sendable, Equatable {
    /// The word in the name; empty for things that are counted.
    let word: String

    /// Things that are counted, and states: no word in the name.
    public static let none = MetricUnit(word: "")
    /// Times, in seconds.
    public static let seconds = MetricUnit(word: "seconds")
    /// Sizes, in bytes.
    public static let bytes = MetricUnit(word: "bytes")
    /// Parts of a whole, 0–1.
    public static let ratio = MetricUnit(word: "ratio")
}
