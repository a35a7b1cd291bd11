import Reactor

/// What a test waited for did not come.
package struct NeverCame: Error {
    let what: String
    package init(what: String) { self.what = what }
}

/// Waits until something holds that others bring about, 90 seconds at most; looks again and again.
package func eventually(
    _ what: @autoclosure () -> String,
    _ condition: () async throws -> Bool
) async throws {
    let loop = try TestLoops.one.loops[0]
    let end = MonotonicInstant.now + .seconds(90)
    while try await !condition() {
        guard .now < end else { throw NeverCame(what: what()) }
        try await loop.sleep(for: .milliseconds(5))
    }
}
