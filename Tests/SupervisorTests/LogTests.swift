import Foundation
import TestSupport
import Testing

@testable import Supervisor

@Suite("logs of processes", .timeLimit(.minutes(1))) struct LogTests {
    @Test("a large log is put aside at a line's end, and no line is lost")
    func rotation() async throws {
        let line = String(repeating: "x", count: 99)
        let script =
            "trap 'exit 0' TERM; yes \(line) | head -n 250000; : > $NAME.ready; while :; do sleep 0.02; done"
        let stage = try SupervisorStage([SupervisorStage.Part(name: "service", script: script)])
        try await stage.run { await stage.ready() }
        let names = ["service-1.log", "service-1.log.1", "service-1.log.2"]
        let texts = try names.map {
            try String(contentsOfFile: stage.system.logs + "/" + $0, encoding: .utf8)
        }
        #expect(texts.allSatisfy { $0.hasSuffix(line + "\n") })
        #expect(texts.reduce(0) { $0 + $1.utf8.count } == 25_000_000)
        #expect(!FileManager.default.fileExists(atPath: stage.system.logs + "/service-1.log.4"))
    }
}
