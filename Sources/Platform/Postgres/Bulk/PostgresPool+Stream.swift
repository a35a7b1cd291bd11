extension PostgresPool {
    /// Reads the rows of a SELECT that may have very many, some at a time: `body` gets a sequence that fetches the next
    /// ones when it is asked for them. It reads from a cursor in a transaction of its own, so all rows are of one moment.
    ///
    ///     try await pool.stream(Listing.self, "SELECT * FROM listing") { listings in
    ///         for try await listing in listings { … }
    ///     }
    ///
    /// - Parameters:
    ///   - type: what each row is read as.
    ///   - sql: a SELECT or VALUES.
    ///   - batch: how many rows are fetched, and held in memory, at a time.
    ///   - body: reads the rows; what it leaves is not fetched.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws; ``PostgresError``.
    public func stream<Value: Decodable, Answer>(
        _ type: Value.Type,
        _ sql: SQL,
        batch: Int = 500,
        _ body: (PostgresStream<Value>) async throws -> Answer
    ) async throws -> Answer {
        try await transaction { tx in
            // A savepoint's end does not end it, and streams may stand inside of one another.
            let cursor = SQL(text: "vigie_stream_\(tx.depth)")
            try await tx.query("DECLARE \(cursor) NO SCROLL CURSOR FOR \(sql)")
            let answer = try await body(PostgresStream(transaction: tx, cursor: cursor, batch: max(1, batch)))
            try await tx.query("CLOSE \(cursor)")
            return answer
        }
    }
}

/// The rows of a cursor, fetched a batch at a time.
public struct PostgresStream<Element: Decodable>: AsyncSequence, Sendable {
    let transaction: PostgresTransaction
    let cursor: SQL
    let batch: Int

    /// Starts to read; a cursor has one reader.
    public func makeAsyncIterator() -> Iterator {
        Iterator(transaction: transaction, fetch: SQL(text: "FETCH FORWARD \(batch) FROM \(cursor.text)"))
    }

    /// Goes over the rows.
    public struct Iterator: AsyncIteratorProtocol {
        let transaction: PostgresTransaction
        let fetch: SQL
        private var rows: PostgresRows?
        private var decoder: RowDecoder?
        private var row = 0

        init(transaction: PostgresTransaction, fetch: SQL) {
            self.transaction = transaction
            self.fetch = fetch
        }

        /// The next row; nil at the end.
        public mutating func next() async throws(PostgresError) -> Element? {
            if row >= rows?.count ?? 0 {
                let fetched = try await transaction.query(fetch)
                (rows, row) = (fetched, 0)
                decoder = RowDecoder(fetched.result, fetched.naming)
            }
            guard let rows, let decoder, row < rows.count else { return nil }
            row += 1
            return try decoder.decode(Element.self, row: row - 1)
        }
    }
}

@available(*, unavailable)
extension PostgresStream.Iterator: Sendable {}
