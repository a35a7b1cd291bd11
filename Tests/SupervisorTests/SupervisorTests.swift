import Foundation
import Glibc
import Reactor
import Supervision
import TestSupport
import Testing

@testable import Supervisor

@Suite("the supervisor", .timeLimit(.minutes(2))) struct SupervisorTests {
    typealias Part = SupervisorStage.Part

    @Test("parts start when what they need is ready, say what they wait for, and end in the reverse order")
    func order() async throws {
        let stage = try SupervisorStage([
            Part(name: "store", script: "sleep 0.5\n" + SupervisorStage.obedient),
            Part(name: "service", needs: ["store"], count: 2),
            Part(name: "edge", needs: ["service"]),
        ])
        try await stage.run { await stage.ready() }
        let reports = stage.reports
        let waited = try #require(reports.firstIndex(of: "edge/1 waiting for service"))
        let ready = try #require(reports.firstIndex { $0.hasPrefix("service/") && $0.contains(" ready") })
        let started = try #require(reports.firstIndex { $0.hasPrefix("edge/1 starting") })
        #expect(waited < ready && ready < started)
        #expect(stage.order.first == "edge-1")
        #expect(stage.order.last == "store-1")
        #expect(Set(stage.order) == ["edge-1", "service-1", "service-2", "store-1"])
    }

    @Test("one that ends by itself is started again, and its log tells both lives")
    func restarts() async throws {
        let script =
            "echo life; trap 'exit 0' TERM; : > $NAME.ready; while :; do [ -e die ] && rm die && exit 3; sleep 0.02; done"
        let stage = try SupervisorStage([Part(name: "service", script: script)])
        try await stage.run {
            await stage.ready()
            #expect(FileManager.default.createFile(atPath: stage.folder.path + "/die", contents: nil))
            await stage.supervisor.until { $0.processes().first?.restarts == 1 }
            await stage.ready()
        }
        #expect(stage.reports.contains { $0.hasPrefix("service/1 restarting exit 3: life; again in 0.3 s") })
        let log = try String(contentsOfFile: stage.system.log("service-1"), encoding: .utf8)
        #expect(log == "life\nlife\n")
    }

    @Test("one that ends again and again is a crash loop, said with its last words, and others wait for it")
    func crashLoop() async throws {
        let stage = try SupervisorStage([
            Part(name: "service", script: "echo 'no such table' >&2; exit 1"),
            Part(name: "edge", needs: ["service"]),
        ])
        try await stage.run {
            await stage.supervisor.until { $0.crashing != nil }
            let text = await stage.supervisor.crashing
            #expect(text == "service/1 ends again and again: exit 1: no such table")
            #expect(await stage.status("edge/1") == "waiting")
        }
        #expect(stage.order.isEmpty)
    }

    @Test("a bad configuration (exit 64) is not tried again and again")
    func hopeless() async throws {
        let stage = try SupervisorStage([Part(name: "service", script: "echo life >> lives; exit 64")])
        try await stage.run { await stage.supervisor.until { $0.crashing != nil } }
        #expect(try String(contentsOfFile: stage.folder.path + "/lives", encoding: .utf8) == "life\n")
    }

    @Test("scaling starts more on ports of their own, and ends those with the highest numbers")
    func scale() async throws {
        let stage = try SupervisorStage([Part(name: "service", count: 2)])
        try await stage.run {
            await stage.ready()
            try await stage.supervisor.scale("service", to: 5)
            let five = await stage.processes()
            #expect(Set(five.keys) == ["service/1", "service/2", "service/3", "service/4", "service/5"])
            #expect(five.values.allSatisfy { $0.status == "ready" })
            #expect(Set(five.values.map(\.port)).count == 5)
            try await stage.supervisor.scale("service", to: 1)
            #expect(Set(await stage.processes().keys) == ["service/1"])
            #expect(Set(stage.order) == ["service-2", "service-3", "service-4", "service-5"])
        }
    }

    @Test("a rollout starts each new one before it ends an old one, and others can find it first")
    func rollout() async throws {
        let asked = EventLog()
        let stage = try SupervisorStage([Part(name: "service", count: 2, registered: "service")]) { name, _ in
            asked.note(name)
            return true
        }
        try await stage.run {
            await stage.ready()
            let old = Set(await stage.processes().values.compactMap(\.pid))
            try await stage.supervisor.rollout("service")
            let new = await stage.processes()
            #expect(new.count == 2 && new.values.allSatisfy { $0.status == "ready" })
            #expect(old.isDisjoint(with: new.values.compactMap(\.pid)))
        }
        let marks = stage.reports.filter { $0.hasSuffix(" ready ") || $0.contains(" stopping") }
        let third = try #require(marks.firstIndex(of: "service/3 ready "))
        let first = try #require(marks.firstIndex(of: "service/1 stopping "))
        #expect(third < first)
        #expect(asked.all.count >= 2)
    }

    @Test("a rollout whose new process does not come up leaves the old ones")
    func badRollout() async throws {
        let script = "[ -e broken ] && exit 1\n" + SupervisorStage.obedient
        let stage = try SupervisorStage([Part(name: "service", count: 2, script: script)])
        try await stage.run {
            await stage.ready()
            let old = await stage.processes().mapValues(\.pid)
            #expect(FileManager.default.createFile(atPath: stage.folder.path + "/broken", contents: nil))
            let error = await #expect(throws: OperationError.self) {
                try await stage.supervisor.rollout("service")
            }
            #expect(error?.description.contains("service/3 can't be used: it is crash loop: exit 1") == true)
            #expect(await stage.processes().mapValues(\.pid) == old)
        }
    }

    @Test("restart takes one process after the other; stop and start keep one down until it is wanted")
    func restartStopStart() async throws {
        let stage = try SupervisorStage([Part(name: "service", count: 2)])
        try await stage.run {
            await stage.ready()
            let old = await stage.processes()
            try await stage.supervisor.restart("service")
            let new = await stage.processes()
            for name in ["service/1", "service/2"] {
                #expect(old[name]?.pid != new[name]?.pid)
                #expect(old[name]?.port == new[name]?.port)
                #expect(new[name]?.restarts == 0)
            }
            try await stage.supervisor.stop("service/2")
            #expect(await stage.processes()["service/2"]?.pid == nil)
            #expect(await stage.supervisor.isReady)
            try await stage.supervisor.start("service/2")
            #expect(await stage.status("service/2") == "ready")
        }
    }

    @Test("names that there are not, and numbers that can't be, are told with what there is")
    func unknown() async throws {
        let stage = try SupervisorStage([Part(name: "service"), Part(name: "store", isScalable: false)])
        try await stage.run {
            await stage.ready()
            let unknown = await #expect(throws: OperationError.self) {
                try await stage.supervisor.restart("servise")
            }
            #expect(unknown?.description == "there is no servise here; there are: service, store")
            let many = await #expect(throws: OperationError.self) {
                try await stage.supervisor.scale("service", to: 65)
            }
            #expect(many?.description == "service: 1 to 64 replicas, not 65")
            let one = await #expect(throws: OperationError.self) {
                try await stage.supervisor.scale("store", to: 2)
            }
            #expect(one?.description == "there can be only one store")
        }
    }

    @Test("a second stop ends those by force that don't listen, with what they have started")
    func force() async throws {
        let script =
            "trap '' TERM; : > $NAME.ready; sleep 1000 & echo $! > child; while :; do sleep 0.02; done"
        let stage = try SupervisorStage([
            Part(name: "deaf", script: script, ladder: StopLadder(patience: .seconds(600)))
        ])
        try await stage.run {
            await stage.ready()
            await stage.supervisor.stop()
            await stage.supervisor.until { $0.processes().first?.status == "stopping" }
        }
        let child = try #require(
            Int32(try String(contentsOfFile: stage.folder.path + "/child", encoding: .utf8).dropLast())
        )
        try await eventually("the child has gone") { ProcessTable.entry(child) == nil }
    }

    @Test("a process that does not answer any more is unready, and ready again when it does")
    func unready() async throws {
        let stage = try SupervisorStage([Part(name: "service")])
        try await stage.run {
            await stage.ready()
            try FileManager.default.removeItem(atPath: stage.folder.path + "/service-1.ready")
            await stage.supervisor.until { $0.processes().first?.status == "unready" }
            #expect(
                FileManager.default.createFile(atPath: stage.folder.path + "/service-1.ready", contents: nil)
            )
            await stage.ready()
        }
    }

    @Test("a program that there is not is told")
    func missing() async throws {
        let stage = try SupervisorStage([Part(name: "service", script: "exec /nowhere/at/all")])
        try await stage.run { await stage.supervisor.until { $0.crashing != nil } }
        #expect(stage.reports.contains { $0.contains("/nowhere/at/all") })
    }
}
