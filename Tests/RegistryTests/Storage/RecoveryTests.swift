import Foundation
import Reactor
import TestSupport
import Testing

@testable import Registry

@Suite("what a data folder brings back, and what it refuses") struct RecoveryTests {
    private let agent = AgentIdentity(name: "laptop", id: "9d754d17-d864-b1d3-e758-f3fe25a9874f")

    /// Makes random writes and gives each one's record.
    private func records(seed: UInt64, count: Int) throws -> (tables: Tables, records: [LogRecord]) {
        var random = SplitMix(seed: seed)
        var state = RegistryState(agent: agent, at: MonotonicInstant(nanoseconds: 0))
        var records: [LogRecord] = []
        for number in 0..<count {
            let now = MonotonicInstant(nanoseconds: Int64(number) * 1_000_000_000)
            let name = "s\(random.below(5))"
            switch random.below(8) {
            case 0, 1:
                var instance = ServiceInstance(node: agent.name, id: "\(name)-\(random.below(4))", name: name)
                instance.isAgents = true
                instance.port = random.below(100)
                instance.meta = StringMap([("v", "\(random.below(9))")])
                var plan = CheckPlan(
                    kind: random.below(2) == 0 ? .ttl : .http("http://h/"),
                    interval: 5_000_000_000
                )
                plan.headers = [CheckPlan.Header(name: "a", values: ["b", ""])]
                let check = CheckRegistration(id: "c-\(instance.id)", name: "c", plan: plan)
                try state.registerService(instance, checks: [check], replacesChecks: false, at: now)
            case 2: _ = try? state.deregisterService("\(name)-\(random.below(4))", at: now)
            case 3:
                state.set(
                    KVKey("k/\(random.below(20))"),
                    [UInt8(random.below(256))],
                    flags: UInt64(random.below(9))
                )
            case 4: state.delete(KVKey("k/\(random.below(20))"), at: now)
            case 5: try state.create(Session(id: "session-\(number)", node: agent.name), at: now)
            case 6:
                if let id = state.tables.sessions.keys.sorted().first {
                    _ = try state.acquire(KVKey("k/\(random.below(20))"), [], flags: 0, for: id, at: now)
                    if random.below(2) == 0 { state.end(session: id, at: now) }
                }
            default: state.tick(at: now)
            }
            if let change = state.takeChange(), !change.mutations.isEmpty {
                records.append(LogRecord(index: change.index, mutations: change.mutations))
            }
        }
        return (state.tables, records)
    }

    private func bytes(_ records: [LogRecord]) -> [UInt8] {
        var bytes: [UInt8] = []
        for record in records { record.append(to: &bytes) }
        return bytes
    }

    /// Outputs are stored with a change of status only.
    private func withoutOutput(_ check: HealthCheck) -> HealthCheck {
        var copy = check
        copy.output = ""
        return copy
    }

    /// What tests compare of tables.
    private func image(_ tables: Tables) -> String {
        func sorted<Value>(_ values: some Sequence<Value>) -> String {
            values.map { "\($0)" }.sorted().joined(separator: "\n")
        }
        var kv: [KVEntry] = []
        tables.kv.forEach(under: KVKey([])) { kv.append($0) }
        return [
            "\(tables.indexes)", sorted(tables.nodes), sorted(tables.services),
            sorted(tables.checks.values.map { withoutOutput($0) }),
            "\(kv)",
            sorted(tables.sessions), sorted(tables.instances),
            sorted(tables.checksOfService.filter { !$0.value.isEmpty }),
            sorted(tables.checksOfNode),
            sorted(tables.keysOfSession.map { "\($0.key) \($0.value.map(\.text).sorted())" }),
            sorted(tables.serviceIndexes), sorted(tables.nodeIndexes), sorted(tables.tombstones),
            sorted(tables.servicesOfNode.map { "\($0.key) \($0.value.sorted())" }),
        ].joined(separator: "\n--\n")
    }

    @Test(
        "random writes come back from the log, and from a snapshot",
        arguments: [1, 2, 3, 4, 5] as [UInt64]
    )
    func replay(seed: UInt64) throws {
        let (tables, records) = try records(seed: seed, count: 400)
        let folder = try TemporaryFolder()
        let data = try DataFolder(folder.path)
        try data.openLog(0).append(bytes(records))
        let fromLog = try data.recover()
        #expect(image(fromLog.tables) == image(tables))
        #expect(fromLog.tornByteCount == 0)
        try data.write(snapshot: tables, number: 1)
        #expect(!folder.holds("log-0"))
        #expect(image(try data.recover().tables) == image(tables))
    }

    @Test("a log cut anywhere gives the writes that are whole, and goes on") func torn() throws {
        let (_, records) = try records(seed: 9, count: 40)
        let whole = bytes(records)
        var ends: [Int] = [0]
        for record in records { ends.append(ends[ends.count - 1] + bytes([record]).count) }
        for count in stride(from: 0, through: whole.count, by: 7) {
            let folder = try TemporaryFolder()
            let data = try DataFolder(folder.path)
            try data.openLog(0).append(Array(whole[..<count]))
            let recovered = try data.recover()
            let kept = ends.lastIndex { $0 <= count } ?? 0
            #expect(recovered.logByteCount == ends[kept] && recovered.tornByteCount == count - ends[kept])
            #expect(recovered.tables.indexes.all == (kept > 0 ? records[kept - 1].index : 1))
            // Cut off, it is a good log to write behind.
            if kept < records.count { try data.openLog(0).append(bytes([records[kept]])) }
            #expect(try data.recover().tornByteCount == 0)
        }
    }

    @Test("damage with writes behind it is refused, and nothing is changed") func damaged() throws {
        let (_, records) = try records(seed: 10, count: 40)
        let whole = bytes(records)
        let lastStart = whole.count - bytes([records[records.count - 1]]).count
        for place in stride(from: 0, to: lastStart, by: 11) {
            let folder = try TemporaryFolder()
            let data = try DataFolder(folder.path)
            var broken = whole
            broken[place] ^= 0x40
            try data.openLog(0).append(broken)
            let error = try #require(throws: RegistryError.self) { try data.recover() }
            #expect(error.description.contains("log-0 is damaged at byte"))
            #expect(try Array(Data(contentsOf: folder.url.appending(path: "log-0"))) == broken)
        }
    }

    @Test("a lost record, a lost log and a damaged snapshot are refused") func lost() throws {
        let (tables, records) = try records(seed: 11, count: 40)
        let folder = try TemporaryFolder()
        let data = try DataFolder(folder.path)
        try data.openLog(0).append(bytes(Array(records[..<5] + records[6...])))
        #expect(throws: RegistryError.self) { try data.recover() }
        try FileManager.default.removeItem(atPath: data.logPath(0))
        try data.openLog(0).append(bytes(Array(records[..<5])))
        try data.openLog(2).append(bytes(Array(records[5...])))
        #expect(throws: RegistryError.self) { try data.recover() }
        try data.write(snapshot: tables, number: 3)
        var snapshot = Array(try Data(contentsOf: URL(filePath: data.snapshotPath(3))))
        snapshot[snapshot.count / 2] ^= 1
        try Data(snapshot).write(to: URL(filePath: data.snapshotPath(3)))
        let error = try #require(throws: RegistryError.self) { try data.recover() }
        #expect(error.description.contains("snapshot-3 is damaged"))
    }

    @Test("a folder has one registry") func locked() throws {
        let folder = try TemporaryFolder()
        let first = try DataFolder(folder.path)
        let error = try #require(throws: RegistryError.self) { try DataFolder(folder.path) }
        #expect(error.description.contains("another registry uses this folder"))
        withExtendedLifetime(first) {}
    }

    @Test("mutations of random bytes are refused or read, never more") func garbage() {
        var random = SplitMix(seed: 77)
        for _ in 0..<20_000 {
            let bytes = (0..<random.below(60)).map { _ in UInt8(random.below(256)) }
            var reader = ByteReader(bytes[...])
            _ = try? Mutation(from: &reader)
        }
    }
}
