import JSON
import Reactor
import Supervisor
import SystemModel

/// The program of a system, and what it declares.
struct SystemProgram {
    let path: String
    let declaration: SystemDeclaration

    /// The system that is meant when none is named.
    static let standard = "hometrip"

    /// Finds a system's program (a path, or a name beside `vigie` or in `PATH`) and asks it for its declaration.
    ///
    /// - Throws: ``Arguments/Mistake`` that says what is wrong.
    init(_ name: String, on loop: EventLoop) async throws {
        guard let path = name.contains("/") ? name : Tool.find(name) else {
            throw Arguments.Mistake(
                description:
                    "there is no system \(name.debugDescription): no program of that name beside vigie or in PATH"
            )
        }
        self.path = path
        let text = try await Tool.run(path, ["system"], on: loop).joined(separator: "\n")
        do { declaration = try JSONText.decode(SystemDeclaration.self, from: Array(text.utf8)) } catch {
            throw Arguments.Mistake(
                description: "\(path) system does not print a system's declaration: \(error)"
            )
        }
        let problems = declaration.problems()
        guard problems.isEmpty else {
            throw Arguments.Mistake(
                description: "the system \(name) can't be run:\n  " + problems.joined(separator: "\n  ")
            )
        }
    }
}
