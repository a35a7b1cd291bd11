/// The metrics of a registry, by name.
struct DeclaredFamilies {
    /// All metrics.
    private(set) var all: [any FamilySource] = []
    /// Names of series, and the metric that has them.
    private var owners: [String: String] = [:]

    /// The metric that has one of the definition's names already.
    func owner(of definition: MetricDefinition<some Sendable>) -> String? {
        Self.names(of: definition).lazy.compactMap { owners[$0] }.first
    }

    mutating func insert(_ family: some FamilySource, _ definition: MetricDefinition<some Sendable>) {
        for name in Self.names(of: definition) { owners[name] = definition.name }
        let place = all.firstIndex { $0.name > definition.name } ?? all.count
        all.insert(family, at: place)
    }

    /// The family's name and those of its series.
    private static func names(of definition: MetricDefinition<some Sendable>) -> [String] {
        [definition.familyName] + definition.kind.sampleSuffixes.map { definition.familyName + $0 }
    }
}
