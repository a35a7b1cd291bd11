import CArgon2
import Secrets

/// Argon2id, version 1.3 (RFC 9106), as blocking calls: some 20 ms each with the default cost.
enum Argon2 {
    static let saltByteCount = 16
    private static let hashByteCount = 32

    /// The text form of the password's hash with this salt.
    static func hash(_ password: Secret, salt: Secret, cost: PasswordCost) throws(PasswordError) -> String {
        let room = argon2_encodedlen(
            cost.passes,
            cost.memoryKiB,
            cost.lanes,
            UInt32(saltByteCount),
            UInt32(hashByteCount),
            Argon2_id
        )
        var text = [CChar](repeating: 0, count: room)
        let status = unsafe borrow(password, salt) { password, salt in
            // Both buffers live for this call, and `text` has the room that libargon2 asked for.
            unsafe argon2id_hash_encoded(
                cost.passes,
                cost.memoryKiB,
                cost.lanes,
                password.baseAddress,
                password.count,
                salt.baseAddress,
                salt.count,
                hashByteCount,
                &text,
                text.count
            )
        }
        guard status == ARGON2_OK.rawValue else { throw failure(status) }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether the password is the one that was hashed; compared in constant time.
    static func isPassword(_ password: Secret, of encoded: String) throws(PasswordError) -> Bool {
        let status = password.withBytes { password in
            unsafe password.withUnsafeBytes { unsafe argon2id_verify(encoded, $0.baseAddress, $0.count) }
        }
        switch status {
        case ARGON2_OK.rawValue: return true
        case ARGON2_VERIFY_MISMATCH.rawValue: return false
        case ARGON2_MEMORY_ALLOCATION_ERROR.rawValue: throw failure(status)
        default: throw .malformedHash
        }
    }

    private static func borrow(
        _ first: Secret,
        _ second: Secret,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Int32
    ) -> Int32 {
        first.withBytes { first in
            second.withBytes { second in
                unsafe first.withUnsafeBytes { first in
                    unsafe second.withUnsafeBytes { unsafe body(first, $0) }
                }
            }
        }
    }

    private static func failure(_ status: Int32) -> PasswordError {
        // A static text of the library's.
        .failed(unsafe String(cString: argon2_error_message(status)))
    }
}
