import COpenSSL
public import Secrets

/// Seals secrets so that they can be kept where others may read and write, such as a database: AES-256-GCM
/// (NIST SP 800-38D).
///
/// What is sealed is bound to a context, which is not kept: put elsewhere, it can't be opened. Each sealing draws a nonce of
/// 96 bits; one key is good for 2³² of them (SP 800-38D §8.3).
public struct SealingKey: Sendable {
    private static let nonceByteCount = 12
    private static let tagByteCount = 16
    private static let keyByteCount = 32

    private let key: Secret

    /// Makes a key out of a secret, by HKDF with SHA-256 (RFC 5869).
    ///
    /// - Throws: ``KeyError`` with code `size` for fewer than 32 bytes.
    public init(_ secret: Secret) throws(KeyError) {
        guard secret.byteCount >= Self.keyByteCount else {
            throw KeyError(
                code: .size,
                detail: "a secret of \(secret.byteCount) bytes to seal with; use 32 or more, random ones"
            )
        }
        key = try Self.derive(secret, info: Array("vigie sealing key, AES-256-GCM".utf8))
    }

    /// HKDF-Extract without a salt, then the first block of HKDF-Expand: as many bytes as a SHA-256 has.
    static func derive(_ secret: Secret, info: [UInt8]) throws(KeyError) -> Secret {
        let salt = Secret([UInt8](repeating: 0, count: keyByteCount))
        var material = secret.withBytes { bytes in bytes.indices.map { bytes[$0] } }
        defer { Secret.erase(&material) }
        var extracted = try Digest.hmacSHA256(material, key: salt)
        defer { Secret.erase(&extracted) }
        var expanded = try Digest.hmacSHA256(info + [1], key: Secret(extracted))
        defer { Secret.erase(&expanded) }
        return Secret(expanded)
    }

    /// The sealed form: nonce, ciphertext and tag, 28 bytes more than the secret has.
    ///
    /// - Throws: ``KeyError`` when OpenSSL fails.
    public func seal(_ secret: Secret, for context: String) throws(KeyError) -> [UInt8] {
        var nonce = [UInt8](repeating: 0, count: Self.nonceByteCount)
        guard unsafe RAND_bytes(&nonce, Int32(nonce.count)) == 1 else { throw .openSSL("draw a nonce") }
        let cipher = try Cipher.begin(key, nonce, context, isSealing: true)
        var plain = secret.withBytes { bytes in bytes.indices.map { bytes[$0] } }
        defer { Secret.erase(&plain) }
        let sealed = try cipher.update(plain)
        guard cipher.finish() else { throw .openSSL("seal") }
        return nonce + sealed + (try cipher.tag(byteCount: Self.tagByteCount))
    }

    /// The secret; nil when it was not sealed by this key for this context, or was changed since.
    ///
    /// - Throws: ``KeyError`` when OpenSSL fails.
    public func open(_ sealed: [UInt8], for context: String) throws(KeyError) -> Secret? {
        let end = sealed.count - Self.tagByteCount
        guard end >= Self.nonceByteCount else { return nil }
        let cipher = try Cipher.begin(key, Array(sealed[..<Self.nonceByteCount]), context, isSealing: false)
        var plain = try cipher.update(Array(sealed[Self.nonceByteCount..<end]))
        defer { Secret.erase(&plain) }
        try cipher.expect(tag: Array(sealed[end...]))
        guard cipher.finish() else {
            ERR_clear_error()
            return nil
        }
        return Secret(plain)
    }
}

/// One sealing or opening (EVP_EncryptInit(3), "AEAD Interface").
@safe private struct Cipher: ~Copyable {
    private let handle: OpaquePointer

    /// Takes what EVP_CIPHER_CTX_new(3) gave.
    private init(owning handle: OpaquePointer) { unsafe self.handle = handle }

    /// Begins with a key, a nonce and what is bound to them.
    static func begin(
        _ key: Secret,
        _ nonce: [UInt8],
        _ context: String,
        isSealing: Bool
    ) throws(KeyError) -> Cipher {
        guard let handle = unsafe EVP_CIPHER_CTX_new() else { throw .openSSL("use AES-256-GCM") }
        let cipher = unsafe Cipher(owning: handle)
        let isReady = key.withBytes { key in
            // The span lends the 32 bytes that the cipher reads in this call.
            unsafe key.withUnsafeBufferPointer {
                unsafe EVP_CipherInit_ex(
                    handle,
                    EVP_aes_256_gcm(),
                    nil,
                    $0.baseAddress,
                    nonce,
                    isSealing ? 1 : 0
                ) == 1
            }
        }
        var count: Int32 = 0
        let bound = Array(context.utf8)
        guard isReady, unsafe EVP_CipherUpdate(handle, nil, &count, bound, Int32(bound.count)) == 1 else {
            throw .openSSL("use AES-256-GCM")
        }
        return cipher
    }

    deinit { unsafe EVP_CIPHER_CTX_free(handle) }

    /// GCM is a stream: as many bytes come out as go in.
    borrowing func update(_ bytes: [UInt8]) throws(KeyError) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: bytes.count)
        var count: Int32 = 0
        guard unsafe EVP_CipherUpdate(handle, &out, &count, bytes, Int32(bytes.count)) == 1 else {
            throw .openSSL("run AES-256-GCM")
        }
        return out
    }

    /// Ends it; when opening, whether the tag is right.
    borrowing func finish() -> Bool {
        var none: [UInt8] = [0]
        var count: Int32 = 0
        return unsafe EVP_CipherFinal_ex(handle, &none, &count) == 1
    }

    borrowing func tag(byteCount: Int) throws(KeyError) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: byteCount)
        guard unsafe EVP_CIPHER_CTX_ctrl(handle, EVP_CTRL_AEAD_GET_TAG, Int32(byteCount), &tag) == 1 else {
            throw .openSSL("read a tag")
        }
        return tag
    }

    borrowing func expect(tag: [UInt8]) throws(KeyError) {
        var tag = tag
        guard unsafe EVP_CIPHER_CTX_ctrl(handle, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1 else {
            throw .openSSL("take a tag")
        }
    }
}
