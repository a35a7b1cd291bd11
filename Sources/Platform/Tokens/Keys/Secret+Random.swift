import COpenSSL
public import Secrets

extension Secret {
    /// A new secret from the system's random source (RAND_priv_bytes(3)).
    ///
    /// - Throws: ``KeyError`` when the source fails.
    public static func random(byteCount: Int) throws(KeyError) -> Secret {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        defer { Self.erase(&bytes) }
        guard unsafe RAND_priv_bytes(&bytes, Int32(byteCount)) == 1 else {
            throw .openSSL("draw random bytes")
        }
        return Secret(bytes)
    }
}
