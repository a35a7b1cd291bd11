import Glibc
import Reactor
import Telemetry

/// Brings writes to the disk, many with one call, and begins a new log when the present one is long. When the disk refuses,
/// what it doesn't have is taken back, and a snapshot is tried again and again: with it writes go on.
struct LogWriting: Sendable {
    /// How long after a failed attempt the next one follows.
    static let retryTime = Duration.seconds(1)
    /// How often the folder is repaired and read to take back what was not written.
    private static let repairAttempts = 3

    /// The log that is written.
    private struct Log {
        var file: LogFile
        var number: Int
        var byteCount: Int
    }

    let registry: RegistryActor
    let folder: DataFolder
    let pool: BlockingPool
    /// The length of a log from which a snapshot replaces it.
    let snapshotByteCount: Int

    /// Writes until the task is cancelled, and then what is left.
    func run(from recovered: DataFolder.Recovered) async throws {
        let file = try await pool.run { try folder.openLog(recovered.number) }
        var log = Log(file: file, number: recovered.number, byteCount: recovered.logByteCount)
        await withDiscardingTaskGroup { group in
            var isOver = false
            var wakes = registry.logWakes.makeAsyncIterator()
            while !isOver {
                isOver = await wakes.next() == nil
                guard await writeAll(to: &log) else {
                    guard let next = await goOn(behind: log) else { return }
                    log = next
                    continue
                }
                guard log.byteCount > snapshotByteCount, !isOver, let cut = await registry.snapshot() else {
                    continue
                }
                guard await write(cut.bytes, cut.index, to: &log), let next = await open(log.number + 1)
                else {
                    guard let next = await goOn(behind: log) else { return }
                    log = next
                    continue
                }
                log = next
                let number = log.number
                group.addTask { await snapshot(cut.tables, number) }
            }
        }
    }

    private func writeAll(to log: inout Log) async -> Bool {
        while let part = await registry.takeLog() {
            guard await write(part.bytes, part.index, to: &log) else { return false }
        }
        return true
    }

    private func write(_ bytes: [UInt8], _ index: UInt64, to log: inout Log) async -> Bool {
        let start = MonotonicInstant.now
        do {
            if !bytes.isEmpty { try await pool.run { [file = log.file] in try file.append(bytes) } }
        } catch {
            await fail(error)
            return false
        }
        log.byteCount += bytes.count
        await registry.logWritten(index)
        registry.metrics.syncSeconds.record(Double((MonotonicInstant.now - start).nanoseconds) / 1e9)
        return true
    }

    private func open(_ number: Int) async -> Log? {
        do {
            let file = try await pool.run { try folder.openLog(number) }
            return Log(file: file, number: number, byteCount: 0)
        } catch {
            await fail(error)
            return nil
        }
    }

    private func fail(_ error: any Error) async {
        registry.logger.error("log can't be written: writes are refused", ["reason": .string("\(error)")])
        await registry.logFailed(Self.reason(of: error))
    }

    /// What clients are told: the system's reason, without the paths of this machine.
    private static func reason(of error: any Error) -> String {
        (error as? SystemError)?.reason ?? "the data folder can't be written"
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

    // MARK: A disk that refuses

    /// Takes back what the disk doesn't have, and tries to begin anew with a snapshot of what there is.
    ///
    /// - Returns: the log behind the snapshot; nil when the registry ends before.
    private func goOn(behind log: Log) async -> Log? {
        let number = log.number
        guard await cutOff(log), let tables = await stored() else {
            await registry.logLost("the log can't be written, and the data folder can't be repaired")
            return nil
        }
        await registry.undo(to: tables)
        while !Task.isCancelled {
            do { try await registry.loop.sleep(for: Self.retryTime) } catch { return nil }
            guard let cut = await registry.beginHealing() else { return nil }
            do {
                let file = try await pool.run {
                    try folder.write(snapshot: cut.tables, number: number + 1)
                    return try folder.openLog(number + 1)
                }
                await registry.endHealing(.success(cut.index))
                registry.metrics.snapshotTime.set(Double(WallClock.now.nanoseconds) / 1e9)
                registry.logger.warning("log can be written again: writes go on")
                return Log(file: file, number: number + 1, byteCount: 0)
            } catch {
                registry.logger.warning("log still can't be written", ["reason": .string("\(error)")])
                await registry.endHealing(.failure(RegistryError(Self.reason(of: error))))
            }
        }
        return nil
    }

    /// Cuts off what was written and then refused: with the next start it would come back, though nobody was promised it.
    private func cutOff(_ log: Log) async -> Bool {
        await insist("log can't be cut") { try await pool.run { try log.file.truncate(to: log.byteCount) } }
            != nil
    }

    /// What the disk has for sure.
    private func stored() async -> Tables? {
        let durable = await registry.durableIndex
        return await insist("data folder can't be read") {
            try await pool.run { try folder.recover(upTo: durable).tables }
        }
    }

    /// Tries some times; nil when it never went.
    private func insist<Value>(_ failure: String, _ step: () async throws -> Value) async -> Value? {
        for attempt in 1...Self.repairAttempts {
            do { return try await step() } catch {
                registry.logger.error(failure, ["reason": .string("\(error)")])
            }
            guard attempt < Self.repairAttempts, (try? await registry.loop.sleep(for: Self.retryTime)) != nil
            else {
                return nil
            }
        }
        return nil
    }
}
