import CPostgres
import Glibc

/// One connection of libpq, and all the calls that are made on it. Owns its `PGconn` alone, on one thread.
///
/// libpq answers every call on no connection (NULL) with its word for failure, so a closed one needs no case of its own.
@safe final class Wire {
    /// Where a connection stands that is being made.
    enum Progress {
        case wantsReading
        case wantsWriting
        case connected
        case failed
    }

    private var handle: OpaquePointer?

    /// Begins to connect; look at ``progress()`` until it is over.
    init(_ parameters: [(keyword: String, value: String)]) {
        var keywords = unsafe parameters.map { unsafe strdup($0.keyword) }
        var values = unsafe parameters.map { unsafe strdup($0.value) }
        defer {
            for index in unsafe keywords.indices {
                unsafe free(keywords[index])
                unsafe free(values[index])
            }
        }
        unsafe keywords.append(nil)
        unsafe values.append(nil)
        // libpq copies both lists, which end with NULL, before it returns.
        let names = unsafe keywords.map { unsafe UnsafePointer($0) }
        let texts = unsafe values.map { unsafe UnsafePointer($0) }
        unsafe handle = PQconnectStartParams(names, texts, 0)
        // The default prints to standard error.
        unsafe PQsetNoticeProcessor(handle, { _, _ in }, nil)
    }

    deinit { close() }

    /// Ends the connection; later calls fail.
    func close() {
        unsafe PQfinish(handle)
        unsafe handle = nil
    }

    // MARK: Connecting

    /// Whether there is a connection at all to wait for.
    var isBad: Bool { unsafe PQstatus(handle) == CONNECTION_BAD }
    var socket: Int32 { unsafe PQsocket(handle) }
    var usesTLS: Bool { unsafe PQsslInUse(handle) == 1 }
    var processID: Int32 { unsafe PQbackendPID(handle) }
    /// libpq's last words: they may hold hosts and names.
    var message: String {
        var text = unsafe String(cString: PQerrorMessage(handle))
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    func progress() -> Progress {
        switch unsafe PQconnectPoll(handle) {
        case PGRES_POLLING_OK: .connected
        case PGRES_POLLING_READING: .wantsReading
        case PGRES_POLLING_WRITING: .wantsWriting
        default: .failed
        }
    }

    func setNonBlocking() -> Bool { unsafe PQsetnonblocking(handle, 1) == 0 }
    func enterPipeline() -> Bool { unsafe PQenterPipelineMode(handle) == 1 }
    func exitPipeline() -> Bool { unsafe PQexitPipelineMode(handle) == 1 }

    // MARK: Sending

    /// Parse: the types of parameters are left to the server.
    func sendPrepare(_ name: String, _ text: String) -> Bool {
        unsafe PQsendPrepare(handle, name, text, 0, nil) == 1
    }

    /// Bind and Execute, all in text form.
    func sendExecute(_ name: String, _ parameters: ParameterList) -> Bool {
        unsafe parameters.withPointers { count, values in
            unsafe PQsendQueryPrepared(handle, name, count, values, nil, nil, 0) == 1
        }
    }

    /// Sync: where the server recovers from an error, and the end of an implicit transaction.
    func sendSync() -> Bool { unsafe PQpipelineSync(handle) == 1 }

    /// The simple protocol: any number of statements; outside of pipeline mode only.
    func sendScript(_ text: String) -> Bool { unsafe PQsendQuery(handle, text) == 1 }

    /// Sends what is still buffered: true when all is sent, false when the socket is full, nil when it failed.
    func flush() -> Bool? {
        switch unsafe PQflush(handle) {
        case 0: true
        case 1: false
        default: nil
        }
    }

    // MARK: Receiving

    /// Reads once; false when the connection is gone. What was read before can still be taken.
    func consume() -> Bool { unsafe PQconsumeInput(handle) == 1 }

    /// Whether the kernel holds more.
    var hasUnread: Bool { cpostgres_unread(socket) > 0 }

    /// Whether ``next()`` would have to wait, which it must not.
    var isBusy: Bool { unsafe PQisBusy(handle) == 1 }

    /// The next result; nil at the end of one statement's.
    func next() -> QueryResult? { unsafe PQgetResult(handle).map { unsafe QueryResult(owning: $0) } }

    /// Whether no transaction is open, and nothing runs.
    var isIdle: Bool { unsafe PQtransactionStatus(handle) == PQTRANS_IDLE }

    /// Whether a transaction is open and has not failed.
    var isInTransaction: Bool { unsafe PQtransactionStatus(handle) == PQTRANS_INTRANS }

    /// The next notification that has arrived.
    func notification() -> PostgresNotification? {
        guard let raw = unsafe PQnotifies(handle) else { return nil }
        defer { unsafe PQfreemem(raw) }
        return unsafe PostgresNotification(
            channel: String(cString: raw.pointee.relname),
            payload: String(cString: raw.pointee.extra),
            processID: raw.pointee.be_pid
        )
    }

    // MARK: COPY

    /// Offers data: false when the buffer is full, nil when it failed.
    func putCopy(_ bytes: Span<UInt8>) -> Bool? {
        let answer = unsafe bytes.withUnsafeBytes { raw in
            unsafe PQputCopyData(
                handle,
                raw.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(clamping: raw.count)
            )
        }
        return answer < 0 ? nil : answer == 1
    }

    /// Ends the data, with a reason when it is to be thrown away: false when the buffer is full, nil when it failed.
    func endCopy(_ reason: String?) -> Bool? {
        let answer = unsafe PQputCopyEnd(handle, reason)
        return answer < 0 ? nil : answer == 1
    }

    /// What a `COPY … TO STDOUT` has.
    enum CopyPiece {
        case row([UInt8])
        case notYet
        case end
        case failed
    }

    func getCopy() -> CopyPiece {
        var buffer: UnsafeMutablePointer<CChar>?
        let count = unsafe PQgetCopyData(handle, &buffer, 1)
        guard count > 0, let start = unsafe buffer else {
            return count == 0 ? .notYet : count == -1 ? .end : .failed
        }
        defer { unsafe PQfreemem(start) }
        // libpq hands over `count` bytes of its own.
        return unsafe .row(Array(UnsafeRawBufferPointer(start: start, count: Int(count))))
    }

    /// What it takes to cancel the statement that runs now, from another thread.
    func cancelRequest() -> CancelRequest? {
        unsafe PQgetCancel(handle).map { unsafe CancelRequest(owning: $0) }
    }
}
