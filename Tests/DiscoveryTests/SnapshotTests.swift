import Foundation
import Reactor
import TestSupport
import Testing

@testable import Discovery

@Suite("snapshots on disk") struct SnapshotTests {
    private static let instances = [
        DiscoveredInstance(
            id: "a",
            node: "n",
            host: "10.0.0.1",
            port: 1,
            tags: ["x"],
            meta: ["zone": "z"],
            weight: 3
        ),
        DiscoveredInstance(id: "b/ü", host: "::1", port: 65535, status: .critical),
    ]
    private static let snapshot = Snapshot(service: "web", confirmed: 123, instances: instances)

    @Test("what is written is read, and the file is written in place of the last one")
    func roundTrip() async throws {
        let folder = try TemporaryFolder()
        let store = SnapshotStore(folder: folder.path, pool: try TestLoops.one.blocking)
        #expect(try await store.load("web") == nil)
        try await store.save(Snapshot(service: "web", confirmed: 1, instances: []))
        try await store.save(Self.snapshot)
        #expect(try await store.load("web") == Self.snapshot)
        #expect(try folder.names == ["web.instances"])
    }

    @Test(
        "no service's name leads out of the folder",
        arguments: ["..", "../x", "a/b", ".", "a%2fb", "ü", ""]
    )
    func names(service: String) async throws {
        let folder = try TemporaryFolder()
        let store = SnapshotStore(folder: folder.path, pool: try TestLoops.one.blocking)
        try await store.save(Snapshot(service: service, confirmed: 1, instances: Self.instances))
        #expect(try await store.load(service)?.instances == Self.instances)
        let names = try folder.names
        #expect(names.count == 1 && names.allSatisfy { !$0.hasPrefix("..") })
    }

    @Test("names that differ have files that differ")
    func distinct() {
        let names = ["a/b", "a%2fb", "a.b", "ab", "A", "a"]
        #expect(Set(names.map(SnapshotStore.fileName)).count == names.count)
    }

    @Test("a folder that can't be written says so and leaves no draft")
    func unwritable() async throws {
        let store = SnapshotStore(folder: "/proc/nowhere", pool: try TestLoops.one.blocking)
        await #expect(throws: SystemError.self) { try await store.save(Self.snapshot) }
    }

    static let damages: [(String, @Sendable ([UInt8]) -> [UInt8], Snapshot.Damage)] = [
        ("cut", { $0.dropLast() }, .length),
        ("longer", { $0 + [32] }, .length),
        ("empty", { _ in [] }, .header),
        ("no header", { Array("{}".utf8) + $0 }, .header),
        ("flipped", { $0.dropLast() + [$0[$0.count - 1] ^ 1] }, .checksum),
    ]

    @Test("a damaged file is not believed", arguments: damages)
    func damage(name: String, change: @Sendable ([UInt8]) -> [UInt8], damage: Snapshot.Damage) throws {
        let bytes = try Self.snapshot.encoded()
        #expect(throws: damage) { try Snapshot(decoding: change(bytes), for: "web") }
    }

    @Test("no cut and no flipped bit is taken for a snapshot")
    func everyDamage() throws {
        let bytes = try Self.snapshot.encoded()
        for count in bytes.indices {
            #expect(throws: Snapshot.Damage.self) {
                try Snapshot(decoding: Array(bytes[..<count]), for: "web")
            }
        }
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            // A length or checksum in another notation is the same number: only the content must be the same then.
            let read = try? Snapshot(decoding: damaged, for: "web")
            #expect(read == nil || read == Self.snapshot, "bit \(bit)")
        }
    }

    @Test("a snapshot of another service is not taken")
    func otherService() throws {
        let bytes = try Self.snapshot.encoded()
        #expect(throws: Snapshot.Damage.otherService) { try Snapshot(decoding: bytes, for: "api") }
    }
}
