import JSON

/// What `load` tells of its calls.
struct LoadFigures: Sendable {
    let gets: Int
    let posts: Int
    let failed: Int
    let slowest: Double
    let failures: [String]

    var count: Int { gets + posts }
}

extension DrillStage {
    /// What came of all calls so far.
    func figures(_ load: Served) async throws -> LoadFigures {
        let value = try await json("/figures", load.port)
        return LoadFigures(
            gets: Self.int(value["gets"]),
            posts: Self.int(value["posts"]),
            failed: Self.int(value["failed"]),
            slowest: value["slowest"]?.number?.double ?? 0,
            failures: Self.texts(value["failures"])
        )
    }

    /// Waits until so many more calls were made.
    func calls(_ more: Int, _ load: Served) async throws {
        let goal = try await figures(load).count + more
        try await wait(for: "\(more) more calls") { try await figures(load).count >= goal }
    }

    private static func int(_ value: JSONValue?) -> Int { Int(value?.number?.int64 ?? 0) }

    private static func texts(_ value: JSONValue?) -> [String] {
        guard case .array(let elements)? = value else { return [] }
        return elements.compactMap(\.string)
    }
}
