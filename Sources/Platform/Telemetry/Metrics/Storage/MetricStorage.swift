/// Where a registry's instruments keep their figures.
struct MetricStorage: Sendable {
    /// Counts and sums: written at each measurement.
    let cells: CellStore
    /// Exemplars, apart so that the counts stay close together.
    let exemplars: CellStore

    init(shards: ShardMap) {
        cells = CellStore(shards: shards)
        exemplars = CellStore(shards: shards)
    }
}
