import FoundationEssentials
import Reactor
import Supervisor
import SystemModel

/// `vigie render`: writes the files that follow from a system's declaration, or looks whether they still do.
struct RenderCommand: Sendable {
    private let name: String
    private let folder: String
    private let isCheck: Bool

    init(_ texts: [String]) throws {
        let arguments = try Arguments(texts, flags: ["--check"], options: ["--to"], names: 0...1)
        name = arguments.names.first ?? SystemProgram.standard
        folder = arguments.value("--to") ?? "."
        isCheck = arguments.has("--check")
    }

    /// - Returns: 1 when a file differs.
    func run(on group: EventLoopGroup) async throws -> Int32 {
        let program = try await SystemProgram(name, on: group.loops[0])
        var differing = 0
        for file in try Rendering(program.declaration).files() {
            let path = "\(folder)/\(file.path)"
            let present = try? String(contentsOfFile: path, encoding: .utf8)
            guard present != file.content else { continue }
            differing += 1
            if isCheck {
                let problem = present == nil ? "is missing" : "differs from the declaration of \(name)"
                StandardStream.error.write(line: "\(file.path) \(problem): run vigie render \(name)")
                continue
            }
            let parent = URL(filePath: path).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            try Data(file.content.utf8).write(to: URL(filePath: path), options: .atomic)
            StandardStream.output.write(line: "wrote \(file.path)")
        }
        guard differing == 0 else { return isCheck ? VigieCommand.Status.failed : VigieCommand.Status.ended }
        StandardStream.output.write(line: "all files follow from the declaration of \(name)")
        return VigieCommand.Status.ended
    }
}
