import COpenSSL

/// Bytes that must not be seen: a key, a password, a token.
///
/// However it is printed, interpolated, dumped or mirrored, it shows `***`. Its memory is overwritten when the last
/// copy goes; copies that were made before, of a `String` it came from, are out of its reach.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let storage: SecretStorage

    /// Copies the bytes.
    public init(_ bytes: Span<UInt8>) { storage = SecretStorage(bytes) }

    /// Copies the bytes.
    public init(_ bytes: [UInt8]) { self.init(bytes.span) }

    /// Copies the text's UTF-8 bytes.
    public init(_ text: String) { self.init(text.utf8.span) }

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

    /// How many bytes it has.
    public var byteCount: Int { storage.byteCount }

    /// Lends the bytes for the call. What `body` copies is no secret any more.
    public func withBytes<Value, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try storage.withBytes(body)
    }

    /// Whether both hold the same bytes; the time tells only whether their counts differ.
    public static func == (left: Secret, right: Secret) -> Bool {
        left.withBytes { left in right.withBytes { ConstantTime.areEqual(left, $0) } }
    }

    /// `***`.
    public var description: String { "***" }
    /// `***`.
    public var debugDescription: String { "***" }
    /// A mirror that reflects nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Overwrites bytes that were secret, in a way that the compiler does not leave out (OPENSSL_cleanse(3)).
    static func erase(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
}

/// The memory of a secret: written once, read while it lives, overwritten at its end.
@safe private final class SecretStorage: Sendable {
    // Allocated and written by `init` alone, read-only until `deinit`: all threads may read it.
    private nonisolated(unsafe) let bytes: UnsafeMutableBufferPointer<UInt8>

    init(_ source: Span<UInt8>) {
        unsafe bytes = .allocate(capacity: source.count)
        for index in source.indices { unsafe bytes.initializeElement(at: index, to: source[index]) }
    }

    deinit {
        unsafe OPENSSL_cleanse(bytes.baseAddress, bytes.count)
        unsafe bytes.deallocate()
    }

    var byteCount: Int { unsafe bytes.count }

    func withBytes<Value, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // `self`, and with it the memory, outlives the call.
        try unsafe body(bytes.span)
    }
}
