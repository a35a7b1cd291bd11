import COpenSSL
import Secrets

extension NativeKey {
    // Each reader gets a callback for a passphrase, or OpenSSL would ask for one on the terminal; below 0 says that
    // there is none (pem_password_cb(3)).

    /// Reads `PUBLIC KEY` (SubjectPublicKeyInfo, RFC 7468 §13).
    static func publicKey(pem: Span<UInt8>) throws(KeyError) -> NativeKey {
        let handle = unsafe read(pem) { unsafe PEM_read_bio_PUBKEY($0, nil, { _, _, _, _ in -1 }, nil) }
        guard let handle = unsafe handle else {
            throw .openSSL("read a public key, expected PEM with BEGIN PUBLIC KEY", code: .malformed)
        }
        let key = try unsafe NativeKey(owning: handle)
        try key.check(isPrivate: false)
        return key
    }

    /// Reads `PRIVATE KEY` (PKCS #8, RFC 7468 §10) or the older forms of a type; not encrypted ones.
    static func privateKey(pem: Span<UInt8>) throws(KeyError) -> NativeKey {
        let handle = unsafe read(pem) { unsafe PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in -1 }, nil) }
        guard let handle = unsafe handle else {
            throw .openSSL(
                "read a private key, expected PEM with BEGIN PRIVATE KEY, not encrypted",
                code: .malformed
            )
        }
        let key = try unsafe NativeKey(owning: handle)
        try key.check(isPrivate: true)
        return key
    }

    private static func read(
        _ pem: Span<UInt8>,
        _ body: (OpaquePointer) -> OpaquePointer?
    ) -> OpaquePointer? {
        unsafe pem.withUnsafeBytes { pem in
            // The BIO reads the span's bytes in place and is freed before the call ends.
            guard pem.count <= 1 << 16, let source = unsafe BIO_new_mem_buf(pem.baseAddress, Int32(pem.count))
            else { return nil }
            defer { unsafe BIO_free(source) }
            return unsafe body(source)
        }
    }

    /// The public half as `PUBLIC KEY`.
    func publicPEM() throws(KeyError) -> String {
        let text = try unsafe written { unsafe PEM_write_bio_PUBKEY($0, handle) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The private half as `PRIVATE KEY`, not encrypted.
    func privatePEM() throws(KeyError) -> Secret {
        var text = try unsafe written {
            unsafe PEM_write_bio_PrivateKey($0, handle, nil, nil, 0, nil, nil)
        }
        defer { Secret.erase(&text) }
        return Secret(text)
    }

    private func written(_ body: (OpaquePointer) -> Int32) throws(KeyError) -> [UInt8] {
        // Memory of BIO_s_secmem is overwritten when it is freed.
        guard let target = unsafe BIO_new(BIO_s_secmem()) else { throw .openSSL("write a key") }
        defer { unsafe BIO_free(target) }
        guard unsafe body(target) == 1 else { throw .openSSL("write a key") }
        var bytes = [UInt8](repeating: 0, count: unsafe BIO_ctrl_pending(target))
        guard unsafe BIO_read(target, &bytes, Int32(bytes.count)) == bytes.count else {
            throw .openSSL("write a key")
        }
        return bytes
    }
}
