import Discovery
import Synchronization
import TestSupport

/// Notes the sets that a watch hands on: ids, sorted, a `-` behind those that don't pass.
final class NotingConsumer: InstanceConsumer {
    let sets = Events<String>()
    private let gate: Mutex<Latch?> = Mutex(nil)

    /// From now on a set is taken only when `latch` opens.
    func hold(at latch: Latch) { gate.withLock { $0 = latch } }

    func take(_ instances: [DiscoveredInstance]) async {
        // Looked up before the set is noted: who reads the note may close the gate for the next one.
        let gate = gate.withLock { $0 }
        let ids = instances.map { $0.status == .passing ? $0.id : $0.id + "-" }
        sets.note(ids.sorted().joined(separator: " "))
        await gate?.wait()
    }
}
