/// The rows of a result, and how many rows a statement changed.
public struct PostgresRows: Sendable, RandomAccessCollection {
    let result: QueryResult
    let naming: ColumnNaming

    /// 0.
    public var startIndex: Int { 0 }
    /// How many rows there are.
    public var endIndex: Int { result.rowCount }
    /// A row by its place.
    public subscript(position: Int) -> PostgresRow {
        precondition(indices.contains(position), "row \(position) of \(count)")
        return PostgresRow(result: result, index: position)
    }

    /// How many rows the statement changed, or returned.
    public var affectedCount: Int { result.affectedCount }
    /// The columns' names, in order.
    public var columnNames: [String] { result.columnNames }

    /// Reads each row as a value: the first column for a type that is one column, else a property a column.
    ///
    /// - Throws: ``PostgresError`` with code `notDecodable`.
    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws(PostgresError) -> [Value] {
        let decoder = RowDecoder(result, naming)
        var values: [Value] = []
        values.reserveCapacity(count)
        for row in 0..<count { values.append(try decoder.decode(type, row: row)) }
        return values
    }

    /// Reads the first row, nil when there is none.
    ///
    /// - Throws: ``PostgresError`` with code `notDecodable`.
    public func decodeFirst<Value: Decodable>(_ type: Value.Type = Value.self) throws(PostgresError) -> Value?
    {
        isEmpty ? nil : try RowDecoder(result, naming).decode(type, row: 0)
    }
}

/// One row of a result.
public struct PostgresRow: Sendable {
    let result: QueryResult
    let index: Int

    /// How many columns it has.
    public var columnCount: Int { result.columnCount }

    /// One column by its place.
    ///
    /// - Throws: ``PostgresError`` with code `notDecodable` when there is no such column.
    public func cell(_ column: Int) throws(PostgresError) -> PostgresCell {
        guard column >= 0, column < result.columnCount else {
            throw PostgresError(
                .notDecodable,
                "a row has \(result.columnCount) columns, number \(column) was read"
            )
        }
        return PostgresCell(result, row: index, column: column)
    }

    /// The first columns as a tuple: `row.values(Int.self, String.self)`.
    ///
    /// - Throws: ``PostgresError`` with code `notDecodable`.
    public func values<each Value: PostgresValue>(
        _ types: repeat (each Value).Type
    ) throws(PostgresError) -> (repeat each Value) {
        var column = -1
        func next<One: PostgresValue>(_ type: One.Type) throws(PostgresError) -> One {
            column += 1
            return try One(reading: cell(column))
        }
        return (repeat try next(each types))
    }
}
