import COpenSSL

extension NativeKey {
    /// Reads a SubjectPublicKeyInfo in DER (RFC 5280 §4.1.2.7).
    static func publicKey(der: [UInt8]) throws(KeyError) -> NativeKey {
        let handle = unsafe der.withUnsafeBufferPointer { bytes in
            // d2i moves this pointer along the bytes, which the array lends for the call.
            var start = bytes.baseAddress
            return unsafe d2i_PUBKEY(nil, &start, bytes.count)
        }
        return try unsafe checked(handle, isPrivate: false)
    }

    /// Reads an RSAPrivateKey (RFC 8017 §A.1.2) or an ECPrivateKey (RFC 5915 §3) in DER.
    static func privateKey(der: [UInt8], type: KeyType) throws(KeyError) -> NativeKey {
        let form = type == .rsa ? EVP_PKEY_RSA : EVP_PKEY_EC
        let handle = unsafe der.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            return unsafe d2i_PrivateKey(form, nil, &start, bytes.count)
        }
        return try unsafe checked(handle, isPrivate: true)
    }

    private static func checked(_ handle: OpaquePointer?, isPrivate: Bool) throws(KeyError) -> NativeKey {
        guard let handle = unsafe handle else {
            throw .openSSL("make a key of these numbers", code: .malformed)
        }
        let key = try unsafe NativeKey(owning: handle)
        try key.check(isPrivate: isPrivate)
        return key
    }

    /// Makes an Ed25519 key from its 32 bytes: the public point, or the private seed.
    static func ed25519(_ bytes: [UInt8], isPrivate: Bool) throws(KeyError) -> NativeKey {
        let make = unsafe isPrivate ? EVP_PKEY_new_raw_private_key : EVP_PKEY_new_raw_public_key
        guard let handle = unsafe make(EVP_PKEY_ED25519, nil, bytes, bytes.count) else {
            throw .openSSL("make an Ed25519 key of \(bytes.count) bytes, expected 32", code: .malformed)
        }
        return try unsafe NativeKey(owning: handle)
    }

    /// A number of the key by OpenSSL's name for it (EVP_PKEY-RSA(7), EVP_PKEY-EC(7)), big-endian, with zeros in front
    /// up to `width` bytes.
    func number(_ name: String, width: Int = 0) throws(KeyError) -> [UInt8] {
        var number: OpaquePointer?
        guard unsafe EVP_PKEY_get_bn_param(handle, name, &number) == 1 else {
            throw .openSSL("read a key's \(name)")
        }
        defer { unsafe BN_clear_free(number) }
        let count = max(width, unsafe Int(BN_num_bits(number) + 7) / 8)
        var bytes = [UInt8](repeating: 0, count: count)
        guard unsafe BN_bn2binpad(number, &bytes, Int32(count)) == count else {
            throw .openSSL("read a key's \(name)")
        }
        return bytes
    }

    /// The 32 bytes of an Ed25519 key: its public point, or its private seed.
    func rawBytes(isPrivate: Bool) throws(KeyError) -> [UInt8] {
        let read = unsafe isPrivate ? EVP_PKEY_get_raw_private_key : EVP_PKEY_get_raw_public_key
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = bytes.count
        guard unsafe read(handle, &bytes, &count) == 1, count == 32 else {
            throw .openSSL("read an Ed25519 key")
        }
        return bytes
    }
}
