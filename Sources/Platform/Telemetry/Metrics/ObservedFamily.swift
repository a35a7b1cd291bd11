/// A metric whose figures are kept elsewhere and read at each scrape.
struct ObservedFamily<Instrument: Sendable>: FamilySource {
    let definition: MetricDefinition<Instrument>
    let limit: Int
    let refusals: SeriesRefusals
    let read: @Sendable () -> [MetricReading<MetricValue>]

    var name: String { definition.name }

    /// Reads; leaves out what has another number of labels, is there already, or is beyond the limit, and counts it.
    func snapshot() -> FamilySnapshot {
        var seen: Set<[String]> = []
        var series: [FamilySnapshot.Series] = []
        for reading in read() {
            let values = reading.labelValues.map(LabelSet.bounded)
            let fits = values.count == definition.labels.count && series.count < limit
            guard fits, seen.insert(values).inserted else {
                refusals.count(for: definition.name)
                continue
            }
            let labels = LabelSet(names: definition.labels, values: values)
            series.append(FamilySnapshot.Series(labels: labels, value: reading.value))
        }
        return FamilySnapshot(definition, series: series)
    }
}
