/// What a histogram has counted at one moment.
public struct HistogramValue: Sendable, Equatable {
    /// An exemplar and the value that was measured with it.
    public struct ShownExemplar: Sendable, Equatable {
        /// The trace and the time.
        public let exemplar: Exemplar
        /// The measured value, in the metric's unit.
        public let value: Double
    }

    /// How many measurements fell into each bucket, not added up; the last one counts those above every bound.
    public let counts: [UInt64]
    /// The sum of all measurements.
    public let sum: Double
    /// The last exemplar of each bucket; empty where none are kept.
    public let exemplars: [ShownExemplar?]

    /// Makes a value, for instance from figures that are kept elsewhere.
    ///
    /// One count belongs to each bound, and one more; missing ones are 0, further ones are left out.
    public init(counts: [UInt64], sum: Double, exemplars: [ShownExemplar?] = []) {
        self.counts = counts
        self.sum = sum
        self.exemplars = exemplars
    }

    /// The number of measurements.
    public var count: UInt64 { counts.reduce(0, &+) }
}
