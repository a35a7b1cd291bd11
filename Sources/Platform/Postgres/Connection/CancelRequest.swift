import CPostgres

/// The key to one server process, good for asking it to cancel what it runs.
///
/// Unchecked, because the manual allows what the compiler can't see: `PQcancel` "can safely be invoked from a signal
/// handler", and the object, being read-only, "from a thread that is separate from the one manipulating the PGconn
/// object" (PostgreSQL manual, 34.7).
@safe final class CancelRequest: @unchecked Sendable {
    private let handle: OpaquePointer

    /// Takes ownership of `handle`.
    init(owning handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe PQfreeCancel(handle) }

    /// Connects, asks and waits until the server has passed it on; blocks. False when the server could not be asked.
    func send() -> Bool {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            unsafe PQcancel(handle, text.baseAddress, 256) == 1
        }
    }
}
