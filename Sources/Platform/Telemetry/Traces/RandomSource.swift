import Glibc

/// Random numbers for ids: one generator a thread, seeded by getrandom(2). Unpredictable enough to be unique, and not
/// fit for secrets.
enum RandomSource {
    /// The next 64 bits of the calling thread's generator.
    static func next() -> UInt64 {
        guard let raw = unsafe pthread_getspecific(key) else { return begin() }
        // This thread alone has the pointer: `begin` put it there, and the destructor runs when the thread is over.
        return unsafe raw.assumingMemoryBound(to: Xoshiro.self).pointee.next()
    }

    private static func begin() -> UInt64 {
        let generator = UnsafeMutablePointer<Xoshiro>.allocate(capacity: 1)
        unsafe generator.initialize(to: Xoshiro(seed: seed()))
        unsafe pthread_setspecific(key, generator)
        return unsafe generator.pointee.next()
    }

    private static func seed() -> (UInt64, UInt64, UInt64, UInt64) {
        var seed: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let status = unsafe withUnsafeMutableBytes(of: &seed) { unsafe getentropy($0.baseAddress, $0.count) }
        // getentropy(3) is getrandom(2) for up to 256 bytes: it fails only where the kernel lacks it.
        precondition(status == 0, "getentropy(3) failed: \(errno)")
        return seed
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let status = unsafe pthread_key_create(&key) { raw in unsafe raw?.deallocate() }
        precondition(status == 0, "cannot create a thread key: \(status)")
        return key
    }()
}
