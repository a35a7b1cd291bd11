import Glibc
import Reactor

/// Which loop's thread this is, kept by each thread for itself when it first asks.
///
/// `EventLoop.current` gives a reference, which is counted: two atomic operations, more than all else that an addition
/// costs. A thread runs one loop from its begin to its end, so the answer never changes.
@safe struct ThreadMark {
    /// The loop; nil on any other thread.
    let loop: ObjectIdentifier?
    /// The loop's index among those of its group; -1 on any other thread.
    let index: Int

    /// The calling thread's.
    @inline(__always) static var current: ThreadMark {
        // What is there was left by `make` on this thread; `free` takes it away when the thread ends.
        guard let found = unsafe pthread_getspecific(key) else { return make() }
        return unsafe found.assumingMemoryBound(to: ThreadMark.self).pointee
    }

    @inline(never) private static func make() -> ThreadMark {
        let loop = EventLoop.current
        let mark = ThreadMark(loop: loop.map(ObjectIdentifier.init), index: loop?.index ?? -1)
        let place = UnsafeMutablePointer<ThreadMark>.allocate(capacity: 1)
        unsafe place.initialize(to: mark)
        guard unsafe pthread_setspecific(key, place) == 0 else {
            unsafe place.deallocate()
            return mark
        }
        return mark
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let status = unsafe pthread_key_create(&key) { place in unsafe place?.deallocate() }
        precondition(status == 0, "cannot create a thread key: \(status)")
        return key
    }()
}
