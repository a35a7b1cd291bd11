package import Reactor

extension Program {
    /// How a program ended and what it wrote.
    package struct Result: Sendable {
        package let exit: ChildProcess.Exit
        package let output: [UInt8]
        package let error: String
        package var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// A program did not end well.
    package struct Failed: Error {
        package let program: String
        package let arguments: [String]
        package let result: Result
    }

    /// Runs a program to its end.
    package static func run(
        _ program: String,
        _ arguments: [String],
        input: [UInt8]? = nil
    ) async throws -> Result {
        let (output, error) = (try ScratchFile(), try ScratchFile())
        let given = try input.map { try ScratchFile($0) }
        let process = try start(
            program,
            arguments,
            input: given?.number,
            output: output.number,
            error: error.number
        )
        let exit = try await process.wait()
        return Result(
            exit: exit,
            output: output.content,
            error: String(decoding: error.content, as: UTF8.self)
        )
    }

    /// Runs a program to its end, which must be a good one; what it wrote.
    @discardableResult package static func succeed(
        _ program: String,
        _ arguments: [String],
        input: [UInt8]? = nil
    ) async throws -> [UInt8] {
        let result = try await run(program, arguments, input: input)
        guard result.exit == .exited(0) else {
            throw Failed(program: program, arguments: arguments, result: result)
        }
        return result.output
    }

    /// What a script of the peers' Python answers to `input`.
    package static func ask(
        _ script: String,
        _ arguments: [String] = [],
        input: [UInt8]
    ) async throws -> [UInt8] {
        guard let python else { throw Missing(program: "python") }
        return try await succeed(python, [script] + arguments, input: input)
    }
}
