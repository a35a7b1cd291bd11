import COpenSSL

extension NativeKey {
    /// Signs a message; the form is the token's (for ES256 r ‖ s). The algorithm must be one of the key's type.
    func sign(_ message: [UInt8], algorithm: SigningAlgorithm) throws(KeyError) -> [UInt8] {
        guard type.algorithms.contains(algorithm) else { throw .algorithm(algorithm, isNotOf: type) }
        guard let context = unsafe EVP_MD_CTX_new() else { throw .openSSL("sign") }
        defer { unsafe EVP_MD_CTX_free(context) }
        var padding: OpaquePointer?
        guard unsafe EVP_DigestSignInit(context, &padding, digest, nil, handle) == 1,
            unsafe setPadding(padding, algorithm)
        else { throw .openSSL("sign") }
        var count = 0
        guard unsafe EVP_DigestSign(context, nil, &count, message, message.count) == 1 else {
            throw .openSSL("sign")
        }
        var signature = [UInt8](repeating: 0, count: count)
        guard unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else {
            throw .openSSL("sign")
        }
        signature.removeSubrange(count...)
        guard type == .p256 else { return signature }
        guard let raw = ECDSASignature.raw(signature) else { throw .openSSL("read a signature of its own") }
        return raw
    }

    /// Whether `signature` is of this key over `message`. False also for an algorithm that is not of the key's type, and
    /// when OpenSSL fails: nothing but its clear yes counts.
    func isValid(_ signature: [UInt8], for message: [UInt8], algorithm: SigningAlgorithm) -> Bool {
        guard type.algorithms.contains(algorithm),
            let signature = type == .p256 ? ECDSASignature.der(signature) : signature,
            let context = unsafe EVP_MD_CTX_new()
        else { return false }
        // A refusal leaves its reasons in the thread's queue, where the next failure would find them.
        defer {
            unsafe EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        var padding: OpaquePointer?
        guard unsafe EVP_DigestVerifyInit(context, &padding, digest, nil, handle) == 1,
            unsafe setPadding(padding, algorithm)
        else { return false }
        return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    /// SHA-256, but none for Ed25519, which has its own inside (EVP_SIGNATURE-ED25519(7)).
    private var digest: OpaquePointer? { unsafe type == .ed25519 ? nil : EVP_sha256() }

    /// PSS with a salt as long as the digest (RFC 7518 §3.5), where that is asked for; `context` belongs to the digest's.
    private func setPadding(_ context: OpaquePointer?, _ algorithm: SigningAlgorithm) -> Bool {
        guard algorithm == .ps256 else { return true }
        return unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1
    }
}

extension KeyError {
    static func algorithm(_ algorithm: SigningAlgorithm, isNotOf type: KeyType) -> KeyError {
        KeyError(code: .algorithm, detail: "\(algorithm.rawValue) is no algorithm of a key of type \(type)")
    }
}
