import COpenSSL

/// Comparisons whose time does not tell where two values differ.
public enum ConstantTime: Sendable {
    /// Whether both hold the same bytes. The time depends on the counts alone (CRYPTO_memcmp(3)).
    public static func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                // Both spans lend `count` bytes for this call; of none, either start may be nil.
                unsafe left.isEmpty || CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
            }
        }
    }
}
