import COpenSSL

/// One `EVP_PKEY` of OpenSSL's, public or with its private half. No pointer to it leaves this file and its extensions'.
///
/// Nothing changes a key once it is made. "In all cases, however, it is generally not safe for one thread to mutate an
/// object, such as setting elements of a private or public key, while another thread is using that object"
/// (openssl-threads(7)): what is not changed may be used by several threads, as libssl does with the key of an SSL_CTX.
@safe final class NativeKey: Sendable {
    let type: KeyType
    // Freed by `deinit` alone; never mutated in between, see above.
    nonisolated(unsafe) let handle: OpaquePointer

    /// Takes ownership of `handle`, on refusal too.
    init(owning handle: OpaquePointer) throws(KeyError) {
        unsafe self.handle = handle
        do throws(KeyError) {
            type = try unsafe Self.type(of: handle)
        } catch {
            unsafe EVP_PKEY_free(handle)
            throw error
        }
    }

    deinit { unsafe EVP_PKEY_free(handle) }

    private static func type(of handle: OpaquePointer) throws(KeyError) -> KeyType {
        let bits = unsafe EVP_PKEY_get_bits(handle)
        if unsafe EVP_PKEY_is_a(handle, "RSA") == 1 {
            guard 2048...4096 ~= bits else {
                throw KeyError(code: .size, detail: "an RSA key of \(bits) bits; use 2048 to 4096")
            }
            return .rsa
        }
        if unsafe EVP_PKEY_is_a(handle, "ED25519") == 1 { return .ed25519 }
        guard unsafe EVP_PKEY_is_a(handle, "EC") == 1, unsafe isP256(handle) else {
            throw KeyError(code: .unsupported, detail: "use an RSA, P-256 or Ed25519 key")
        }
        return .p256
    }

    private static func isP256(_ handle: OpaquePointer) -> Bool {
        var name = [CChar](repeating: 0, count: 32)
        // The call writes at most `count` bytes, and a name that is cut is not ours.
        guard unsafe EVP_PKEY_get_group_name(handle, &name, name.count, nil) == 1 else { return false }
        return name.prefix { $0 != 0 }.elementsEqual("prime256v1".utf8.map { CChar($0) })
    }

    /// Makes a new pair.
    static func generate(_ type: KeyType) throws(KeyError) -> NativeKey {
        let handle =
            switch type {
            case .rsa: unsafe copenssl_generate_rsa(3072)
            case .p256: unsafe copenssl_generate_p256()
            case .ed25519: unsafe copenssl_generate_ed25519()
            }
        guard let handle = unsafe handle else { throw .openSSL("generate a key") }
        return try unsafe NativeKey(owning: handle)
    }

    /// Whether the numbers of a key fit together: a point on its curve, a private half that belongs to the public one.
    func check(isPrivate: Bool) throws(KeyError) {
        guard let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, handle, nil) else {
            throw .openSSL("check a key")
        }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        let verdict = unsafe isPrivate ? EVP_PKEY_check(context) : EVP_PKEY_public_check(context)
        guard verdict == 1 else {
            throw .openSSL("use this key, its numbers don't fit together", code: .malformed)
        }
    }
}
