import CArgon2
import Glibc
import Secrets

/// Argon2id, version 1.3 (RFC 9106), as blocking calls: some 20 ms each with the default cost.
enum Argon2 {
    static let saltByteCount = 16
    private static let hashByteCount = 32

    /// The text form of the password's hash with this salt.
    static func hash(_ password: Secret, salt: Secret, cost: PasswordCost) throws(PasswordError) -> String {
        let salt = salt.withBytes { salt in salt.indices.map { salt[$0] } }
        let hash = try compute(password, salt, cost, byteCount: hashByteCount)
        return Argon2Text(cost: cost, salt: salt, hash: hash).text
    }

    /// Whether the password is the one that was hashed; compared in constant time.
    static func isPassword(_ password: Secret, of encoded: String) throws(PasswordError) -> Bool {
        guard let stored = Argon2Text(parsing: encoded) else { throw .malformedHash }
        let hash = try compute(password, stored.salt, stored.cost, byteCount: stored.hash.count)
        return ConstantTime.areEqual(hash.span, stored.hash.span)
    }

    private static func compute(
        _ password: Secret,
        _ salt: [UInt8],
        _ cost: PasswordCost,
        byteCount: Int
    ) throws(PasswordError) -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: byteCount)
        let status = unsafe hash.withUnsafeMutableBufferPointer { hash in
            unsafe salt.withUnsafeBufferPointer { salt in
                password.withBytes { password in
                    unsafe password.withUnsafeBufferPointer { unsafe run(hash, $0, salt, cost) }
                }
            }
        }
        guard status == ARGON2_OK.rawValue else {
            // A static text of the library's.
            throw .failed(unsafe String(cString: argon2_error_message(status)))
        }
        return hash
    }

    /// Password and salt are only read: the flags by which libargon2 would erase them are not set.
    private static func run(
        _ hash: UnsafeMutableBufferPointer<UInt8>,
        _ password: UnsafeBufferPointer<UInt8>,
        _ salt: UnsafeBufferPointer<UInt8>,
        _ cost: PasswordCost
    ) -> Int32 {
        var context = unsafe argon2_context()
        unsafe (context.out, context.outlen) = (hash.baseAddress, UInt32(hash.count))
        unsafe (context.pwd, context.pwdlen) = (
            UnsafeMutablePointer(mutating: password.baseAddress), UInt32(password.count)
        )
        unsafe (context.salt, context.saltlen) = (
            UnsafeMutablePointer(mutating: salt.baseAddress), UInt32(salt.count)
        )
        unsafe (context.t_cost, context.m_cost) = (cost.passes, cost.memoryKiB)
        unsafe (context.lanes, context.threads) = (cost.lanes, cost.lanes)
        unsafe context.version = ARGON2_VERSION_13.rawValue
        // Of malloc's, which would keep it, each thread's arena would stay 19 MiB larger.
        unsafe context.allocate_cbk = { memory, byteCount in
            let pages = unsafe mmap(
                nil,
                byteCount,
                PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS,
                -1,
                0
            )
            guard let pages = unsafe pages, unsafe pages != MAP_FAILED else {
                return ARGON2_MEMORY_ALLOCATION_ERROR.rawValue
            }
            unsafe memory?.pointee = pages.assumingMemoryBound(to: UInt8.self)
            return ARGON2_OK.rawValue
        }
        unsafe context.free_cbk = { memory, byteCount in unsafe munmap(memory, byteCount) }
        return unsafe argon2_ctx(&context, Argon2_id)
    }
}
