import CLinux
import Glibc

/// One non-blocking stream socket on one loop, with a deadline.
///
/// Reads and writes are tried at once and report when they would block; ``readable()`` and ``writable()`` suspend until
/// the kernel reports an edge, the deadline passes, or the socket is closed. A wait doesn't end by task cancellation:
/// the owner closes the socket then.
///
/// Its deadline is kept by one lazy timer: moving it later, which each request does, costs a store.
@safe public final class StreamSocket: ReadinessHandler {
    /// When the wait in progress, or the owner, is told that time is up. It is then ``MonotonicInstant/distantFuture``
    /// until it is set again.
    public var deadline: MonotonicInstant {
        get { due }
        set {
            due = newValue
            isOverdue = false
            if newValue < armed { arm() }
        }
    }
    /// Told of hang-ups and deadlines; let go when the socket closes.
    public var owner: (any StreamSocketOwner)? {
        get { listener }
        set { listener = newValue }
    }
    /// Whether the peer has said that it will send no more.
    public var isPeerClosed: Bool { hasEnd }
    /// Whether both directions are gone.
    public var isHungUp: Bool { hasHungUp }
    /// Whether ``close(reset:)`` has been called.
    public var isClosed: Bool { !isOpen }
    /// The loop's own part, for its clock and its timers.
    public let local: LoopLocal

    // What each request touches is stored privately: the compiler then proves that no two accesses overlap, instead of
    // looking at run time as it must for what other modules might reach (a fifth of all instructions otherwise).
    private var due = MonotonicInstant.distantFuture
    /// When the writer alone is told that time is up.
    private var writingDue = MonotonicInstant.distantFuture
    private var listener: (any StreamSocketOwner)?
    private var hasEnd = false
    private var hasHungUp = false
    private var isOpen = false
    private var descriptor: Descriptor?
    private(set) var number: Int32 = -1
    /// In nanoseconds.
    private let shortestTimeout: Int64
    /// How many bytes the kernel has taken, to see whether a peer still takes any.
    public var writtenByteCount: Int { writtenBytes }
    private var writtenBytes = 0
    /// Bytes moved since this socket last left the loop to others.
    private var moved = 0
    private var isReadable = false
    private var isWritable = true
    private var watchesWriting = false
    private var reader: UnsafeContinuation<WaitResult, Never>?
    private var writer: UnsafeContinuation<WaitResult, Never>?
    private var timer: LoopLocal.Timer?
    private var armed: MonotonicInstant = .distantFuture
    /// Waits that have begun and not returned, also those that have been woken and not run yet.
    private var waits = 0
    /// Whether the deadline passed while nobody waited: the next wait then says so.
    private var isOverdue = false

    /// Takes over a connected socket, on the loop that the caller runs on.
    ///
    /// The lazy timer looks at least every `shortestTimeout`, so that setting a deadline that far ahead costs a store; a
    /// nearer one moves the timer.
    /// - Throws: ``SystemError`` when the kernel refuses to watch the socket; it is closed then.
    public convenience init(
        adopting descriptor: consuming Descriptor,
        on loop: EventLoop,
        shortestTimeout: Duration
    ) throws(SystemError) {
        try self.init(descriptor, loop.local, shortestTimeout, watching: [.readable, .peerClosed])
    }

    init(
        _ descriptor: consuming Descriptor,
        _ local: LoopLocal,
        _ shortestTimeout: Duration,
        watching: Readiness
    ) throws(SystemError) {
        self.local = local
        self.shortestTimeout = shortestTimeout.nanoseconds
        try open(descriptor, watching)
    }

    /// Takes over another connected socket after the last one was closed: short connections then cost no new object.
    ///
    /// Only when ``isReusable`` says so.
    /// - Throws: ``SystemError`` when the kernel refuses to watch the socket; it is closed then.
    public func reopen(adopting descriptor: consuming Descriptor) throws(SystemError) {
        precondition(isReusable, "a socket in use was to be used for another connection")
        hasEnd = false
        hasHungUp = false
        isReadable = false
        isWritable = true
        isOverdue = false
        moved = 0
        try open(descriptor, [.readable, .peerClosed])
    }

    /// Whether it is closed and nobody waits on it any more.
    public var isReusable: Bool { !isOpen && waits == 0 }

    private func open(_ descriptor: consuming Descriptor, _ watching: Readiness) throws(SystemError) {
        number = descriptor.number
        watchesWriting = watching.contains(.writable)
        try local.register(number, for: watching, handler: self)
        self.descriptor = consume descriptor
        isOpen = true
    }

    // MARK: Reading

    /// Reads what is there into `buffer`.
    public func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadResult {
        local.assertOnLoop()
        guard isOpen else { return .failed(EBADF) }
        guard isReadable else { return .wouldBlock }
        let count = unsafe recv(number, buffer.baseAddress, buffer.count, 0)
        if count > 0 {
            moved += count
            // A short read emptied the kernel's buffer; the end, once announced, must still be read.
            if count < buffer.count, !hasEnd, !hasHungUp { isReadable = false }
            return .bytes(count)
        }
        if count == 0 { return .end }
        switch errno {
        case EAGAIN:
            isReadable = false
            return .wouldBlock
        case EINTR: return .bytes(0)
        case let code: return .failed(code)
        }
    }

    /// Waits until a read is worth trying.
    @inlinable @inline(__always)
    public func readable() async -> WaitResult {
        if let known = beginReading() { return known }
        // Inlined with its steps apart: each call between the one who waits and the suspension would switch the task back
        // to its executor once more.
        let result = unsafe await withUnsafeContinuation { unsafe read(resuming: $0) }
        endReading()
        return result
    }

    /// What is known without a wait; nil when one has begun.
    @usableFromInline
    func beginReading() -> WaitResult? {
        local.assertOnLoop()
        if let known = known(isReadable) { return known }
        moved = 0
        waits += 1
        return nil
    }

    @usableFromInline
    func read(resuming continuation: UnsafeContinuation<WaitResult, Never>) {
        // Looked at again: for a task that does not prefer this loop the call itself is a suspension, and what is waited
        // for may have come in it.
        if let known = known(isReadable) { return unsafe continuation.resume(returning: known) }
        unsafe assert(reader == nil, "two tasks wait to read from one socket: one of them for ever")
        unsafe reader = continuation
    }

    @usableFromInline
    func endReading() { waits -= 1 }

    /// Ends a wait to read, as ready, though nothing may have come: for an owner who has something to say to who waits.
    public func wakeReader() {
        if let waiting = unsafe reader.take() { return unsafe waiting.resume(returning: .ready) }
        // Who has begun to wait and is not there yet looks at this once more.
        if waits > 0 { isReadable = true }
    }

    /// Whether something to read, or an end to find, has been reported.
    public var hasInput: Bool { isReadable }

    // MARK: Writing

    /// Offers `bytes` to the kernel.
    public func write(_ bytes: UnsafeRawBufferPointer) -> WriteResult {
        local.assertOnLoop()
        guard isOpen else { return .failed(EBADF) }
        guard isWritable else { return .wouldBlock }
        return unsafe written(
            send(number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)),
            of: bytes.count
        )
    }

    /// Offers two pieces in one call (sendmsg(2)).
    public func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> WriteResult {
        local.assertOnLoop()
        guard isOpen else { return .failed(EBADF) }
        guard isWritable else { return .wouldBlock }
        // The kernel only reads from the two pieces, though `iovec` can't say so.
        var vectors = unsafe (
            iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count),
            iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count)
        )
        let count = unsafe withUnsafeMutableBytes(of: &vectors) { raw in
            unsafe clinux_send_vectors(number, raw.assumingMemoryBound(to: iovec.self).baseAddress, 2)
        }
        return written(count, of: first.count + second.count)
    }

    /// Offers a part of a file without bringing it into this process (sendfile(2)). Nothing is taken where the file has become
    /// shorter.
    public func write(_ file: OpenFile, offset: Int64, count: Int) -> WriteResult {
        local.assertOnLoop()
        guard isOpen else { return .failed(EBADF) }
        guard isWritable else { return .wouldBlock }
        var position = off_t(offset)
        var taken: Int
        repeat {
            taken = unsafe sendfile(number, file.descriptor.number, &position, count)
        } while taken < 0 && errno == EINTR
        // A short count may be the file's end as well as the kernel's: the next call tells which.
        return written(taken, of: 0)
    }

    private func written(_ count: Int, of offered: Int) -> WriteResult {
        if count >= 0 {
            moved += count
            writtenBytes &+= count
            if count < offered { isWritable = false }
            return .bytes(count)
        }
        switch errno {
        case EAGAIN:
            isWritable = false
            return .wouldBlock
        case EINTR: return .bytes(0)
        case let code: return .failed(code)
        }
    }

    /// Waits until a write is worth trying, at most to `deadline`; ``StreamSocket/deadline`` counts as well, unless somebody
    /// waits to read: it is the reader's then.
    public func writable(until deadline: MonotonicInstant = .distantFuture) async -> WaitResult {
        local.assertOnLoop()
        if let known = known(isWritable) { return known }
        moved = 0
        guard watchWriting() else { return .closed }
        waits += 1
        defer { waits -= 1 }
        return unsafe await withUnsafeContinuation { continuation in
            if let known = known(isWritable) { return unsafe continuation.resume(returning: known) }
            unsafe assert(writer == nil, "two tasks wait to write to one socket: one of them for ever")
            writingDue = deadline
            if deadline < armed { arm() }
            unsafe writer = continuation
        }
    }

    /// Has the owner told when the kernel takes more again, unless somebody waits for that then.
    public func watchRoom() {
        guard isOpen, !isWritable, !watchWriting() else { return }
        close(reset: true)
    }

    /// Has the kernel report that there is room; false when it refuses.
    private func watchWriting() -> Bool {
        guard !watchesWriting else { return true }
        watchesWriting = true
        do { try local.reregister(number, for: [.readable, .writable, .peerClosed]) } catch { return false }
        return true
    }

    /// Waits for the connection that the kernel is making; the kernel's error, 0 when it is made, `ETIMEDOUT` at `deadline`.
    func connected(by deadline: MonotonicInstant) async -> Int32 {
        isWritable = false
        self.deadline = deadline
        let wait = await writable()
        self.deadline = .distantFuture
        return wait == .ready ? clinux_socket_error(number) : ETIMEDOUT
    }

    /// How a wait ends that need not begin; nil when it must.
    private func known(_ isReady: Bool) -> WaitResult? {
        guard isOpen else { return .closed }
        return isReady ? .ready : isOverdue ? .timedOut : nil
    }

    /// Whether it has moved so much since it last waited that ``giveWay()`` has something to do.
    public var isGreedy: Bool { moved > 512 * 1024 && isOpen }

    /// Leaves the loop to the others for a turn, after every half a mebibyte: a peer that is as fast as we are never
    /// makes us wait, and would have the loop to itself.
    public func giveWay() async {
        guard isGreedy else { return }
        moved = 0
        unsafe await withUnsafeContinuation { continuation in
            local.atEndOfTurn { unsafe continuation.resume() }
        }
    }

    // MARK: The end

    /// Says to the peer that nothing more comes; reading goes on.
    public func shutdownWriting() {
        guard isOpen else { return }
        shutdown(number, Int32(SHUT_WR))
    }

    /// Closes the socket, ends the waits with ``WaitResult/closed`` and lets go of the owner.
    ///
    /// - Parameters:
    ///   - reset: the peer gets a reset instead of a clean end, so that it can't take a cut answer for a whole one.
    ///   - forReuse: the timer, and with it this object, lives on for ``reopen(adopting:)``, until ``retire()``.
    public func close(reset: Bool = false, forReuse: Bool = false) {
        guard isOpen else { return }
        if reset { _ = clinux_set_reset_on_close(number) }
        local.unregister(number)
        isOpen = false
        descriptor = nil
        due = .distantFuture
        if !forReuse { retire() }
        listener = nil
        resume(.closed)
    }

    /// Unsets the timer that was kept for reuse.
    public func retire() {
        if let timer { local.cancel(timer) }
        timer = nil
        armed = .distantFuture
    }

    // MARK: What the loop reports

    /// Takes note of the kernel's report and wakes who waits for it.
    public func ready(_ readiness: Readiness) {
        if readiness.contains(.peerClosed) { hasEnd = true }
        let hangsUp = !readiness.isDisjoint(with: .hangup)
        if hangsUp { hasHungUp = true }
        if hangsUp || !readiness.isDisjoint(with: [.readable, .peerClosed]) {
            isReadable = true
            if let waiting = unsafe reader.take() {
                unsafe waiting.resume(returning: .ready)
            } else {
                listener?.socketHasInput()
            }
        }
        if hangsUp || readiness.contains(.writable) {
            isWritable = true
            if unsafe writer != nil { endWriting(.ready) } else { listener?.socketHasRoom() }
        }
        if hangsUp { listener?.socketHungUp() }
    }

    private func resume(_ result: WaitResult) {
        if let waiting = unsafe reader.take() { unsafe waiting.resume(returning: result) }
        endWriting(result)
    }

    private func endWriting(_ result: WaitResult) {
        writingDue = .distantFuture
        if let waiting = unsafe writer.take() { unsafe waiting.resume(returning: result) }
    }

    // MARK: The deadline

    private func arm() {
        if let timer { local.cancel(timer) }
        timer = nil
        armed = .distantFuture
        let next = min(due, writingDue)
        guard isOpen, next != .distantFuture else { return }
        armed = min(next, local.now + shortestTimeout)
        timer = local.schedule(at: armed) { [self] in
            timer = nil
            armed = .distantFuture
            if local.now >= writingDue { endWriting(.timedOut) }
            if local.now >= due { expire() }
            if armed == .distantFuture { arm() }
        }
    }

    private func expire() {
        due = .distantFuture
        // Who writes beside a reader has a time of its own: what is silent one way may flow the other.
        if let waiting = unsafe reader.take() { return unsafe waiting.resume(returning: .timedOut) }
        if unsafe writer != nil { return endWriting(.timedOut) }
        isOverdue = true
        // A wait that ended in this very turn will find out; it must not lose its deadline to what came with it.
        if waits == 0 { listener?.socketDeadlinePassed() }
    }
}

@available(*, unavailable)
extension StreamSocket: Sendable {}
