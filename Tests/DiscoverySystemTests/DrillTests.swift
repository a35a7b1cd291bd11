import Reactor
import Supervision
import TestSupport
import Testing

/// The drills in short: `make drill-rollout` and `make drill-outage` take their time.
@Suite("drills", .timeLimit(.minutes(4))) struct DrillTests {
    private static func run(_ arguments: String...) async throws {
        let drill = try RunningProgram("service-drill", arguments)
        do {
            let (output, exit) = try await drill.end()
            #expect(exit == .exited(0), "\(output)")
            #expect(output.contains(", 0 failed"), "\(output)")
            print(output)
        } catch {
            // Asked first: what it started is stopped by it.
            await drill.process.stop()
            throw error
        }
    }

    @Test("every instance replaced, 3 times, under GET and POST over kept connections: no call fails")
    func rollout() async throws { try await Self.run("rollout", "--rounds", "3", "--workers", "4") }

    @Test("the registry killed and back without what it knew: no call fails")
    func outage() async throws {
        try await Self.run("outage", "--seconds", "8", "--workers", "2", "--instances", "2")
    }

    static let mistakes: [([String], Int32)] = [
        ([], 64), (["nope"], 64), (["rollout", "--rounds", "0"], 64), (["outage", "--help"], 0),
    ]

    @Test("the command explains itself", arguments: mistakes)
    func command(arguments: [String], status: Int32) async throws {
        let (output, exit) = try await RunningProgram("service-drill", arguments).end()
        #expect(exit == .exited(status))
        #expect(!output.isEmpty)
    }
}
