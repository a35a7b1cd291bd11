import CLinux

/// Starts a detached thread that runs `body` with all signals blocked.
///
/// The name is what `ps -L` shows, at most 15 bytes.
package func startThread(name: String, _ body: @escaping @Sendable () -> Void) {
    let start = unsafe Unmanaged.passRetained(ThreadStart(name: name, body: body))
    var thread = pthread_t()
    let status = unsafe pthread_create(
        &thread,
        nil,
        { raw in
            // Takes over what `passRetained` above gave; nobody else uses it.
            guard let raw = unsafe raw else { return nil }
            let start = unsafe Unmanaged<ThreadStart>.fromOpaque(raw).takeRetainedValue()
            blockAllSignals()
            unsafe pthread_setname_np(pthread_self(), start.name)
            start.body()
            return nil
        },
        unsafe start.toOpaque()
    )
    precondition(status == 0, "cannot start thread \(name): error \(status)")
    pthread_detach(thread)
}

private final class ThreadStart: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

/// Keeps signals from this thread, and from those it starts: they are read by ``Signals`` instead.
func blockAllSignals() {
    var all = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
}

/// A counting semaphore (sem_overview(7)) that threads of the blocking pool wait at.
@safe package final class Gate: Sendable {
    // A `sem_t` may be used from all threads at once; its memory is this object's alone.
    private nonisolated(unsafe) let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    /// Begins closed.
    package init() { unsafe sem_init(semaphore, 0, 0) }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    /// Lets so many threads pass, now or later.
    package func open(times: Int = 1) {
        for _ in 0..<times { unsafe sem_post(semaphore) }
    }

    /// Waits to be let pass.
    package func wait() {
        while unsafe sem_wait(semaphore) != 0 {}
    }
}
