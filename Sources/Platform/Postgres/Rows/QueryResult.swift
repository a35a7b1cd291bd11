import CPostgres

/// One result of the server. Owns its `PGresult` alone, and clears it once.
///
/// Unchecked, because the manual allows what the compiler can't see: "PGresult objects are normally read-only after
/// creation, and so can be passed around freely between threads" (PostgreSQL manual, 34.20). Nothing here modifies it.
@safe final class QueryResult: @unchecked Sendable {
    /// What the server, or libpq in its place, has said.
    enum Status {
        case rows
        case done
        case synced
        case aborted
        case copyIn
        case copyOut
        case failed
    }

    private let handle: OpaquePointer

    /// Takes ownership of `handle`.
    init(owning handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe PQclear(handle) }

    var status: Status {
        switch unsafe PQresultStatus(handle) {
        case PGRES_TUPLES_OK: .rows
        case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: .done
        case PGRES_PIPELINE_SYNC: .synced
        case PGRES_PIPELINE_ABORTED: .aborted
        case PGRES_COPY_IN: .copyIn
        case PGRES_COPY_OUT: .copyOut
        default: .failed
        }
    }

    var rowCount: Int { unsafe Int(PQntuples(handle)) }
    var columnCount: Int { unsafe Int(PQnfields(handle)) }

    /// How many rows the statement changed or returned (`PQcmdTuples`).
    var affectedCount: Int { unsafe Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    /// The server's word for what it did: `COMMIT`, `INSERT 0 1`.
    var commandTag: String { unsafe String(cString: PQcmdStatus(handle)) }

    /// The columns' names, in order.
    var columnNames: [String] {
        (0..<columnCount).map { unsafe String(cString: PQfname(handle, Int32($0))) }
    }

    /// The type of a column (pg_type.oid).
    func typeID(_ column: Int) -> UInt32 { unsafe PQftype(handle, Int32(column)) }

    // Rows and columns outside of the result are answered by libpq itself with NULL and 0 (PQgetvalue's range check
    // prints a notice, which is why the callers stay inside).
    func isNull(_ row: Int, _ column: Int) -> Bool {
        unsafe PQgetisnull(handle, Int32(row), Int32(column)) == 1
    }

    /// Lends one field's bytes, empty for NULL. libpq keeps them until `PQclear`; valid inside `body` only.
    func withField<Value, Failure: Error>(
        _ row: Int,
        _ column: Int,
        _ body: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let start = unsafe PQgetvalue(handle, Int32(row), Int32(column))
        let count = unsafe Int(PQgetlength(handle, Int32(row), Int32(column)))
        // The field has `count` bytes from `start` on, and the handle lives as long as this object.
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
        return try body(unsafe bytes.bindMemory(to: UInt8.self).span)
    }

    /// The server's report, as an error of ours.
    var error: PostgresError {
        let state = field(cpostgres_field_sqlstate)
        let whole = unsafe String(cString: PQresultErrorMessage(handle))
        let parts = [field(cpostgres_field_message) ?? whole, field(cpostgres_field_detail)]
        return PostgresError(
            state.map { PostgresError.Code(sqlState: $0) } ?? .connectionLost,
            parts.compactMap { $0 }.joined(separator: "; "),
            sqlState: state,
            constraint: field(cpostgres_field_constraint),
            column: field(cpostgres_field_column)
        )
    }

    /// Whether the server says that a prepared statement's result would change (PostgreSQL source, plancache.c).
    var isStalePlan: Bool {
        field(cpostgres_field_sqlstate) == "0A000"
            && field(cpostgres_field_routine) == "RevalidateCachedQuery"
    }

    private func field(_ code: Int32) -> String? {
        guard let text = unsafe PQresultErrorField(handle, code) else { return nil }
        return unsafe String(cString: text)
    }
}
