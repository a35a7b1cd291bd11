import JSON

/// What an instance leaves behind when it goes by itself: who is gone, and by which session others can confirm it.
struct LeftMark: Sendable, Equatable {
    let instance: String
    /// The session that holds the mark and its confirmations; nil when the mark is a plain key.
    let session: String?
}

extension ConsulClient {
    /// Beyond so many, all marks are read at once.
    private static let singleReads = 8

    /// The marks of those among `instances` that said that they leave.
    func leftMarks(of instances: [DiscoveredInstance]) async throws(ConsulError) -> [LeftMark] {
        guard !instances.isEmpty else { return [] }
        guard instances.count <= Self.singleReads else { return try await allMarks(of: instances) }
        var marks: [LeftMark] = []
        for instance in instances {
            if let pair = try await value(of: DiscoveryKeys.left(instance.id)).value {
                marks.append(LeftMark(instance: instance.id, session: pair.session))
            }
        }
        return marks
    }

    private func allMarks(of instances: [DiscoveredInstance]) async throws(ConsulError) -> [LeftMark] {
        let pairs = try await values(under: DiscoveryKeys.left("")).value
        let sessions = Dictionary(pairs.map { ($0.key, $0.session) }) { first, _ in first }
        return instances.compactMap { instance in
            sessions[DiscoveryKeys.left(instance.id)].map { LeftMark(instance: instance.id, session: $0) }
        }
    }
}
