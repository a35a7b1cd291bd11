import Foundation
import Reactor
import TestSupport
import Testing

/// The image's recipe.
@Suite("the image") struct ContainerTests {
    @Test("hadolint has nothing to say", .enabled(if: Program.isPythonWanted, "needs TEST_PYTHON"))
    func hadolint() async throws {
        guard let python = Program.python else { throw NeverCame(what: "the peers' Python (TEST_PYTHON)") }
        let hadolint = URL(fileURLWithPath: python).deletingLastPathComponent().appending(path: "hadolint")
            .path
        let result = try await Program.run(hadolint, [Repository.path("Dockerfile")])
        #expect(result.exit == .exited(0), "\(result.text)\(result.error)")
    }
}
