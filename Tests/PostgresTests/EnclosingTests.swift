import PostgresServer
import Reactor
import Testing

@testable import Postgres

/// Work that joins a transaction which it knows nothing of.
@Suite(
    "enclosing transactions",
    .enabled(if: TestServer.isWanted, "needs PostgreSQL"),
    .timeLimit(.minutes(2))
)
struct EnclosingTests {
    struct Stop: Error {}

    @Test("queries and transactions on the pool are part of it, and need no second connection")
    func joins() async throws {
        let pool = try await TransactionTests.table { $0.maxConnections = 1 }
        await #expect(throws: Stop.self) {
            try await pool.enclosingTransaction { _ in
                try await pool.query("INSERT INTO t VALUES (1)")
                try await pool.transaction { try await $0.query("INSERT INTO t VALUES (2)") }
                #expect(try await TransactionTests.rows(pool) == [1, 2])
                throw Stop()
            }
        }
        #expect(try await TransactionTests.rows(pool) == [])
        try await pool.enclosingTransaction { tx in
            try await tx.query("INSERT INTO t VALUES (3)")
            try await pool.transaction { inner in
                try await inner.query("INSERT INTO t VALUES (4)")
                try await pool.query("INSERT INTO t VALUES (5)")
                try await pool.transaction { try await $0.query("INSERT INTO t VALUES (6)") }
            }
        }
        #expect(try await TransactionTests.rows(pool) == [3, 4, 5, 6])
        #expect(await pool.counters.opened == 1)
        await pool.close()
    }

    @Test("an error undoes what its call did; when it is caught the rest stands")
    func contained() async throws {
        let pool = try await TransactionTests.table { $0.maxConnections = 1 }
        try await pool.enclosingTransaction { _ in
            try await pool.query("INSERT INTO t VALUES (1)")
            #expect(await code { try await pool.query("INSERT INTO t VALUES (1)") } == .uniqueViolation)
            await #expect(throws: Stop.self) {
                try await pool.transaction { tx in
                    try await tx.query("INSERT INTO t VALUES (2)")
                    throw Stop()
                }
            }
            try await pool.query("INSERT INTO t VALUES (3)")
        }
        #expect(try await TransactionTests.rows(pool) == [1, 3])
        await pool.close()
    }

    @Test("child tasks join one after another, and none undoes another's work")
    func concurrent() async throws {
        let pool = try await TransactionTests.table { $0.maxConnections = 1 }
        try await pool.enclosingTransaction { _ in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        try? await pool.transaction { tx in
                            try await tx.query("INSERT INTO t VALUES (\(number))")
                            try await pool.query("INSERT INTO t VALUES (\(number + 100))")
                            if !number.isMultiple(of: 2) { throw Stop() }
                        }
                    }
                }
            }
        }
        let even = Array(stride(from: 0, to: 40, by: 2))
        #expect(try await TransactionTests.rows(pool) == even + even.map { $0 + 100 })
        await pool.close()
    }

    @Test("one that waits for its turn gives up when it is cancelled, and the turn goes on")
    func cancelledTurn() async throws {
        let pool = try await TransactionTests.table { $0.maxConnections = 1 }
        try await pool.enclosingTransaction { _ in
            let (opened, open) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            let (gates, gate) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            let holder = Task {
                try await pool.transaction { tx in
                    try await tx.query("INSERT INTO t VALUES (1)")
                    open.yield()
                    for await _ in gates { break }
                }
            }
            for await _ in opened { break }
            let waiter = Task { await code { try await pool.query("INSERT INTO t VALUES (2)") } }
            waiter.cancel()
            #expect(await waiter.value == .cancelled)
            gate.yield()
            try await holder.value
            try await pool.query("INSERT INTO t VALUES (3)")
        }
        #expect(try await TransactionTests.rows(pool) == [1, 3])
        await pool.close()
    }

    @Test("what outlives it runs outside; another pool has no part in it")
    func outside() async throws {
        let pool = try await TransactionTests.table { $0.maxConnections = 2 }
        let other = try await TransactionTests.table { $0.maxConnections = 1 }
        let (gates, gate) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let late = Noted<Task<Void, any Error>>()
        await #expect(throws: Stop.self) {
            try await pool.enclosingTransaction { _ in
                late.add(
                    Task {
                        for await _ in gates { break }
                        try await pool.query("INSERT INTO t VALUES (1)")
                    }
                )
                try await other.query("INSERT INTO t VALUES (2)")
                throw Stop()
            }
        }
        gate.yield()
        for task in late.all { try await task.value }
        #expect(try await TransactionTests.rows(pool) == [1])
        #expect(try await TransactionTests.rows(other) == [2])
        await pool.close()
        await other.close()
    }

    @Test("a stronger isolation than it has can't be had; its own can")
    func isolation() async throws {
        let pool = try await TransactionTests.table { $0.maxConnections = 1 }
        try await pool.enclosingTransaction(isolation: .repeatableRead) { _ in
            let failure = await code { try await pool.transaction(isolation: .serializable) { _ in } }
            #expect(failure == .isolationUnavailable)
            try await pool.transaction(isolation: .repeatableRead) {
                try await $0.query("INSERT INTO t VALUES (1)")
            }
        }
        #expect(try await TransactionTests.rows(pool) == [1])
        await pool.close()
    }

    @Test("streams in it, also inside of one another")
    func streams() async throws {
        let pool = try await TransactionTests.table { $0.maxConnections = 1 }
        try await pool.query("INSERT INTO t VALUES (1), (2)")
        let pairs = Noted<[Int]>()
        try await pool.enclosingTransaction { _ in
            for _ in 0..<2 {
                try await pool.stream(Int.self, "SELECT a FROM t ORDER BY a", batch: 1) { outer in
                    for try await first in outer {
                        try await pool.stream(Int.self, "SELECT a FROM t ORDER BY a", batch: 1) { inner in
                            for try await second in inner { pairs.add([first, second]) }
                        }
                    }
                }
            }
        }
        let once = [[1, 1], [1, 2], [2, 1], [2, 2]]
        #expect(pairs.all == once + once)
        await pool.close()
    }
}
