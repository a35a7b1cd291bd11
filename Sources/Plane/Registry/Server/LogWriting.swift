import Glibc
import Reactor
import Telemetry

/// Brings writes to the disk, many with one call, and begins a new log when the present one is long.
struct LogWriting: Sendable {
    let registry: RegistryActor
    let folder: DataFolder
    let pool: BlockingPool
    /// The length of a log from which a snapshot replaces it.
    let snapshotByteCount: Int

    /// Writes until the task is cancelled, and then what is left.
    func run(from recovered: DataFolder.Recovered) async throws {
        var number = recovered.number
        var byteCount = recovered.logByteCount
        let number0 = number
        var file = try await pool.run { try folder.openLog(number0) }
        await withDiscardingTaskGroup { group in
            var isOver = false
            var wakes = registry.logWakes.makeAsyncIterator()
            while !isOver {
                isOver = await wakes.next() == nil
                while let part = await registry.takeLog() {
                    guard await write(part.bytes, part.index, to: file) else { return }
                    byteCount += part.bytes.count
                }
                guard byteCount > snapshotByteCount, !isOver, let cut = await registry.snapshot() else {
                    continue
                }
                guard await write(cut.bytes, cut.index, to: file) else { return }
                number += 1
                let next = number
                guard let opened = try? await pool.run({ try folder.openLog(next) }) else {
                    return await registry.logFailed("a new log can't be made in \(folder.path)")
                }
                file = opened
                byteCount = 0
                group.addTask { await snapshot(cut.tables, next) }
            }
        }
    }

    private func write(_ bytes: [UInt8], _ index: UInt64, to file: LogFile) async -> Bool {
        let start = MonotonicInstant.now
        do {
            if !bytes.isEmpty { try await pool.run { try file.append(bytes) } }
        } catch {
            registry.logger.error("log can't be written", ["reason": .string("\(error)")])
            await registry.logFailed("\(error)")
            return false
        }
        await registry.logWritten(index)
        registry.metrics.syncSeconds.record(Double((MonotonicInstant.now - start).nanoseconds) / 1e9)
        return true
    }

    private func snapshot(_ tables: Tables, _ number: Int) async {
        do {
            try await pool.run { try folder.write(snapshot: tables, number: number) }
            registry.metrics.snapshotTime.set(Double(WallClock.now.nanoseconds) / 1e9)
        } catch {
            // The logs before it are still there: nothing is lost but time at the next start.
            registry.logger.error("snapshot can't be written", ["reason": .string("\(error)")])
        }
    }
}
