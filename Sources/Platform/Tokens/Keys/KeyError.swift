import COpenSSL

/// What can be wrong with a key, and what to do about it.
public struct KeyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of mistake.
    public enum Code: Sendable, Hashable {
        /// The text is no PEM, JWK or JWKS that can be read.
        case malformed
        /// A kind of key that is not for signing here: another curve, another type.
        case unsupported
        /// Too small to be safe, or so large that using it would cost too much.
        case size
        /// The algorithm is not one of this key.
        case algorithm
        /// OpenSSL failed at something that should work.
        case openSSL
    }

    /// The kind of mistake.
    public let code: Code
    /// What was expected and what came; no byte of the key.
    public let detail: String

    /// What is wrong and what to do.
    public var description: String { "key: \(detail)" }

    /// A failure of OpenSSL's; takes its reasons and clears them, so that none is left for the next call.
    static func openSSL(_ operation: String, code: Code = .openSSL) -> KeyError {
        let reason = ERR_peek_last_error()
        ERR_clear_error()
        guard reason != 0 else { return KeyError(code: code, detail: "cannot \(operation)") }
        var text = [CChar](repeating: 0, count: 256)
        unsafe ERR_error_string_n(reason, &text, text.count)
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return KeyError(code: code, detail: "cannot \(operation): \(String(decoding: bytes, as: UTF8.self))")
    }
}
