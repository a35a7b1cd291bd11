import JSON
import Reactor
import Supervisor

/// `vigie doctor`: what is missing or wrong, each with what mends it.
struct DoctorCommand {
    private let name: String
    private let isJSON: Bool

    init(_ texts: [String]) throws {
        let arguments = try Arguments(texts, options: ["--format"], names: 0...1)
        name = arguments.names.first ?? SystemProgram.standard
        isJSON = try arguments.isJSON()
    }

    /// - Returns: 1 when something is wrong that keeps a system from starting.
    func run(on group: EventLoopGroup) async throws -> Int32 {
        var findings: [Doctor.Finding] = []
        do {
            let program = try await SystemProgram(name, on: group.loops[0])
            findings = Doctor(program.declaration).findings()
        } catch {
            let mending = "build it: make up, or name its program: vigie doctor PATH"
            findings =
                [Doctor.Finding(subject: name, problem: "\(error)", mending: mending)]
                + Doctor(nil).findings()
        }
        if isJSON {
            let text = try JSONText.encode(findings, JSONEncodingOptions(isPretty: true))
            StandardStream.output.write(line: String(decoding: text, as: UTF8.self))
        } else {
            for finding in findings {
                StandardStream.output.write(
                    line:
                        "\(finding.problem == nil ? "ok  " : finding.isHarmless ? "note" : "BAD ")  \(finding.subject)\(finding.problem.map { ": \($0)" } ?? "")"
                )
                if let mending = finding.mending {
                    StandardStream.output.write(line: "       mend it: \(mending)")
                }
            }
        }
        return findings.contains { $0.problem != nil && !$0.isHarmless }
            ? VigieCommand.Status.failed : VigieCommand.Status.ended
    }
}
