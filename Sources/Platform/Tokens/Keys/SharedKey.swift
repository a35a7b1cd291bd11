public import Secrets

/// A secret that signer and verifier share, for `HS256` alone.
///
/// A type of its own: no public key can become one, neither by a token's header nor by a mistake in a set of keys.
public struct SharedKey: Sendable, Equatable {
    let secret: Secret

    /// Takes the secret.
    ///
    /// - Throws: ``KeyError`` with code `size` for fewer than 32 bytes (RFC 7518 §3.2), `unsupported` for PEM text.
    public init(_ secret: Secret) throws(KeyError) {
        guard secret.byteCount >= 32 else {
            throw KeyError(
                code: .size,
                detail: "a shared secret of \(secret.byteCount) bytes; use 32 or more, random ones"
            )
        }
        guard !secret.withBytes(Self.isPEM) else {
            throw KeyError(
                code: .unsupported,
                detail: "a PEM text is no shared secret; use it with RS256, PS256, ES256 or EdDSA"
            )
        }
        self.secret = secret
    }

    private static func isPEM(_ bytes: Span<UInt8>) -> Bool {
        let mark = Array("-----BEGIN".utf8)
        return mark.indices.allSatisfy { bytes[$0] == mark[$0] }
    }

    func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard let expected = try? Digest.hmacSHA256(message, key: secret) else { return false }
        return ConstantTime.areEqual(expected.span, signature.span)
    }
}
