import COpenSSL

/// Bytes that must not be seen: a key, a password, a token.
///
/// However it is printed, interpolated, dumped or mirrored, it shows `***`. Its memory is overwritten when the last
/// copy goes; copies that were made before, of a `String` it came from, are out of its reach.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// What stands for a secret in all output.
    public static let mask = "***"

    private let storage: SecretStorage

    /// Copies the bytes.
    public init(_ bytes: Span<UInt8>) { storage = SecretStorage(bytes) }

    /// Copies the bytes.
    public init(_ bytes: [UInt8]) { self.init(bytes.span) }

    /// Copies the text's UTF-8 bytes.
    public init(_ text: String) { self.init(text.utf8.span) }

    /// How many bytes it has.
    public var byteCount: Int { storage.byteCount }

    /// Lends the bytes for the call. What `body` copies is no secret any more.
    public func withBytes<Value, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try storage.withBytes(body)
    }

    /// The bytes as text, for who needs a `String`: never for output. Nothing overwrites that copy; what is not UTF-8
    /// becomes U+FFFD.
    public func reveal() -> String {
        // The pointer is used within the closure only.
        withBytes { bytes in
            unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Whether both hold the same bytes; the time tells only whether their counts differ.
    public static func == (left: Secret, right: Secret) -> Bool {
        left.withBytes { left in right.withBytes { ConstantTime.areEqual(left, $0) } }
    }

    /// Always ``mask``.
    public var description: String { Self.mask }
    /// Always ``mask``.
    public var debugDescription: String { Self.mask }
    /// A mirror that reflects nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Overwrites bytes that were secret, in a way that the compiler does not leave out (OPENSSL_cleanse(3)).
    package static func erase(_ bytes: inout [UInt8]) {
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
