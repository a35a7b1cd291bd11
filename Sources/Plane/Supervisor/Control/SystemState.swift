import Reactor
import Supervision

/// How a system stands, as `vigie ps` shows it and `--format json` prints it.
package struct SystemState: Codable, Sendable, Equatable {
    /// A process.
    package struct Process: Codable, Sendable, Equatable {
        /// `listing/2`.
        package let name: String
        package let part: String
        /// The word of ``ReplicaStatus``.
        package let status: String
        package let detail: String
        /// Nil while it does not run.
        package let pid: Int32?
        package let port: Int
        /// Starts after an end of its own.
        package let restarts: Int
        /// Since its start.
        package let uptimeSeconds: Double?
        /// Its share of memory with all it has started (PSS).
        package var memoryBytes: Int
    }

    /// Where people look.
    package struct Address: Codable, Sendable, Equatable {
        package let name: String
        package let url: String

        package init(name: String, url: String) {
            self.name = name
            self.url = url
        }
    }

    package let system: String
    package let title: String
    /// `starting`, `ready`, `stopping`.
    package let phase: String
    package let pid: Int32
    package let addresses: [Address]
    /// What differs from what was asked for, such as a port that was taken.
    package let notes: [String]
    package var processes: [Process]

    /// Of all processes, and the supervisor's own.
    package var memoryBytes: Int

    /// Whether all that is wanted can be used.
    package var isReady: Bool { phase == "ready" }
    /// A process that ends again and again, if there is one.
    package var crashing: Process? {
        processes.first { $0.status == ReplicaStatus.crashLoop(reason: "").word }
    }
}

extension Supervisor {
    /// Whether all that is wanted is ready.
    package var isReady: Bool {
        !replicas.isEmpty && replicas.values.allSatisfy { $0.isReady || !$0.isWanted || $0.isLeaving }
    }

    /// The first process that ends again and again, if there is one.
    package var crashing: String? {
        for (id, replica) in replicas {
            if case .crashLoop(let reason) = replica.status { return "\(id) ends again and again: \(reason)" }
        }
        return nil
    }

    /// Each process, in the order of the plan, without its memory.
    package func processes() -> [SystemState.Process] {
        let order = Dictionary(uniqueKeysWithValues: plans.enumerated().map { ($1.name, $0) })
        let sorted = replicas.values.sorted {
            (order[$0.id.part] ?? 0, $0.id.number) < (order[$1.id.part] ?? 0, $1.id.number)
        }
        return sorted.map { replica in
            SystemState.Process(
                name: "\(replica.id)",
                part: replica.id.part,
                status: replica.status.word,
                detail: replica.status.detail,
                pid: replica.process?.id,
                port: Int(replica.port.number),
                restarts: replica.restarts,
                uptimeSeconds: replica.process == nil
                    ? nil : replica.startedAt.map { Double((MonotonicInstant.now - $0).nanoseconds) / 1e9 },
                memoryBytes: 0
            )
        }
    }

    /// The word for the whole.
    package var phase: String { isStopping ? "stopping" : isReady ? "ready" : "starting" }
}
