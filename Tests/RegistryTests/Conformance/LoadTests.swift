import Foundation
import HTTP
import JSON
import Reactor
import Supervision
import TestSupport
import Testing

@Suite("conformance 56, 78: many at once") struct LoadTests {
    @Test("78: 200 connections report and renew: no error, no report lost") func traffic() async throws {
        try await RegistryFixture.run { (registry) async throws in
            try await ReportTraffic(registry, lanes: 200).run(until: .distantFuture, rounds: 12)
        }
    }

    @Test(
        "56: a thousand blocked queries take less than 40 MiB, and closing the clients frees them",
        .enabled(if: RegistryFixture.isEmbedded)
    )
    func memory() async throws {
        let process = try RunningProgram.registry(["--port", "0"])
        let registry = try await process.client()
        try await registry.register(#""Name":"web","Check":{"TTL":"600s"}"#)
        let index = try await registry.get("/v1/health/service/web").index
        let before = try residentKiB(process)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<1000 {
                tasks.addTask {
                    _ = try await registry.get("/v1/health/service/web?index=\(index)&wait=120s")
                }
            }
            try await registry.untilWaiting(1000)
            #expect(try residentKiB(process) - before < 40 * 1024)
            tasks.cancelAll()
            while let result = await tasks.nextResult() { _ = result }
        }
        try await registry.untilWaiting(0)
        await registry.client.close()
        await process.process.stop()
    }

    private func residentKiB(_ program: RunningProgram) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(program.process.id)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(Int(line.filter(\.isNumber)))
    }
}
