import FoundationEssentials

/// Reads rows of one result as `Decodable` values; columns are found once for all rows.
struct RowDecoder {
    let result: QueryResult
    let naming: ColumnNaming
    let names: [String]
    /// Where the columns of properties were found, in the order in which the type asks for them: the same for each row.
    private let found = FoundColumns()

    init(_ result: QueryResult, _ naming: ColumnNaming) {
        self.result = result
        self.naming = naming
        names = result.columnNames
    }

    func decode<Value: Decodable>(_ type: Value.Type, row: Int) throws(PostgresError) -> Value {
        if let scalar = Value.self as? any PostgresValue.Type {
            guard !names.isEmpty else {
                throw PostgresError(.notDecodable, "the statement returns no column")
            }
            let read = try scalar.init(reading: PostgresCell(result, row: row, column: 0))
            guard let value = read as? Value else { throw PostgresError(.notDecodable, "no \(Value.self)") }
            return value
        }
        do {
            return try Value(from: RowDecoding(rows: self, row: row))
        } catch let error as PostgresError {
            throw error
        } catch {
            throw PostgresError(.notDecodable, "\(Value.self): \(error)")
        }
    }

    /// The column of a property; nil when there is none.
    func column(_ key: String) -> Int? {
        found.column(of: key) {
            names.firstIndex(of: key) ?? names.firstIndex { naming.isAlternative($0, to: key) }
        }
    }
}

/// Columns that were looked for, in that order, which comes again with each row: a search is mostly one comparison.
private final class FoundColumns {
    private var entries: [(key: String, column: Int?)] = []
    /// The one that was asked for last: optional ones are asked for several times.
    private var last = 0

    func column(of key: String, search: () -> Int?) -> Int? {
        if last < entries.count, entries[last].key == key { return entries[last].column }
        let next = last + 1 < entries.count ? last + 1 : 0
        if next < entries.count, entries[next].key == key {
            last = next
        } else if let index = entries.firstIndex(where: { $0.key == key }) {
            last = index
        } else {
            last = entries.count
            entries.append((key, search()))
        }
        return entries[last].column
    }
}

/// One row as the standard library's `Decoder`.
struct RowDecoding: Decoder {
    let rows: RowDecoder
    let row: Int
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RowContainer<Key>(rows: rows, row: row))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw PostgresError(.notDecodable, "a row is read by names; for places use PostgresRow.values")
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        guard !rows.names.isEmpty else {
            throw PostgresError(.notDecodable, "the statement returns no column")
        }
        return CellDecoding(cell: PostgresCell(rows.result, row: row, column: 0), codingPath: [])
    }
}

/// A row's columns by the names of properties.
struct RowContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let rows: RowDecoder
    let row: Int
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { rows.names.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { rows.column(key.stringValue) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try cell(key).isNull }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try read(key) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try read(key) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try read(key) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try read(key) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try read(key) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try read(key) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try read(key) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        do {
            let cell = try cell(key)
            // The commonest types of those that come here are known without asking the runtime what they conform to.
            if type == UUID.self, !cell.isJSON, let id = try UUID(reading: cell) as? Value { return id }
            if type == Date.self, !cell.isJSON, let time = try Date(reading: cell) as? Value { return time }
            return try CellDecoding(cell: cell, codingPath: [key]).decode(type)
        } catch let error as PostgresError {
            throw Self.naming(key, error)
        }
    }

    private func read<Value: PostgresValue>(_ key: Key) throws(PostgresError) -> Value {
        do {
            return try Value(reading: cell(key))
        } catch {
            throw Self.naming(key, error)
        }
    }

    private func cell(_ key: Key) throws(PostgresError) -> PostgresCell {
        guard let column = rows.column(key.stringValue) else {
            throw PostgresError(
                .notDecodable,
                "no column for it; there are: \(rows.names.joined(separator: ", "))"
            )
        }
        return PostgresCell(rows.result, row: row, column: column)
    }

    private static func naming(_ key: Key, _ error: PostgresError) -> PostgresError {
        PostgresError(error.code, "property \(key.stringValue): \(error.detail)")
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        throw PostgresError(
            .notDecodable,
            "\(key.stringValue): a nested value is read from a json column as a whole"
        )
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw PostgresError(
            .notDecodable,
            "\(key.stringValue): a nested value is read from a json column as a whole"
        )
    }

    func superDecoder() throws -> any Decoder { RowDecoding(rows: rows, row: row) }
    func superDecoder(forKey key: Key) throws -> any Decoder {
        CellDecoding(cell: try cell(key), codingPath: [key])
    }
}
