import COpenSSL
import Secrets

/// SHA-256 and the HMAC on it.
package enum Digest {
    private static let byteCount = 32

    /// The SHA-256 digest of `bytes` (FIPS 180-4).
    package static func sha256(_ bytes: [UInt8]) throws(KeyError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        guard unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil) == 1 else {
            throw .openSSL("make a digest")
        }
        return digest
    }

    /// The same as 64 hexadecimal digits, in lower case.
    package static func sha256Text(of bytes: [UInt8]) throws(KeyError) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = try sha256(bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    /// The HMAC with SHA-256 (RFC 2104).
    static func hmacSHA256(_ message: [UInt8], key: Secret) throws(KeyError) -> [UInt8] {
        try key.withBytes { (key) throws(KeyError) in
            var code = [UInt8](repeating: 0, count: byteCount)
            let isDone = unsafe key.withUnsafeBytes { key in
                // The span lends `count` bytes for this call; `code` has room for a SHA-256.
                unsafe HMAC(
                    EVP_sha256(),
                    key.baseAddress,
                    Int32(key.count),
                    message,
                    message.count,
                    &code,
                    nil
                )
                    != nil
            }
            guard isDone else { throw .openSSL("make a HMAC") }
            return code
        }
    }
}
