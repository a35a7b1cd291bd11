import COpenSSL
import Secrets
import Testing

@testable import Tokens

/// OpenSSL keeps a thread's errors until somebody clears them; TLS on the same thread would take them for its own
/// (SSL_get_error(3)).
@Suite("OpenSSL's queue of errors") struct ErrorQueueTests {
    /// A curve that is not ours: secp256k1's generator (SEC 2 §2.4.1), as SubjectPublicKeyInfo.
    static let otherCurve = """
        -----BEGIN PUBLIC KEY-----
        MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEeb5mfvncu6xVoGKVzocLBwKb/NstzijZ
        WfKBWxb4F5hIOtp3JqPEZV2k+/wOEQio/Re0SKaFVBmcR9CP+xDUuA==
        -----END PUBLIC KEY-----

        """
    /// P-256 spelled out, but with the key's own point as the generator: who names it knows the private half, 1
    /// (CVE-2020-0601). The point is that of RFC 7515 A.3.
    static let otherGenerator = """
        -----BEGIN PUBLIC KEY-----
        MIIBMzCB7AYHKoZIzj0CATCB4AIBATAsBgcqhkjOPQEBAiEA/////wAAAAEAAAAA
        AAAAAAAAAAD///////////////8wRAQg/////wAAAAEAAAAAAAAAAAAAAAD/////
        //////////wEIFrGNdiqOpPns+u9VXaYhrxlHQawzFOw9jvOPD4n0mBLBEEEf83O
        J3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ld
        bqkLJK2KRiMohYjlrQIhAP////8AAAAA//////////+85vqtpxeehPO5ysL8YyVR
        AgEBA0IABH/Nzidw9sRdQYPL7m/bS3tYBzM1e+nvE7rPbjx70VRFx/FEzRu9m36H
        LN/tue659LNpXW6pCyStikYjKIWI5a0=
        -----END PUBLIC KEY-----

        """

    private func isEmptyAfter(_ operation: () throws -> Void) -> Bool {
        ERR_clear_error()
        #expect(throws: KeyError.self) { try operation() }
        return ERR_peek_error() == 0
    }

    @Test("a key that is refused leaves nothing in it")
    func keys() {
        #expect(isEmptyAfter { _ = try PublicKey(pem: "") })
        for pem in [Self.otherCurve, Self.otherGenerator] {
            #expect(isEmptyAfter { _ = try PublicKey(pem: pem) })
            #expect(isEmptyAfter { _ = try KeyPair(pem: Secret(pem)) })
        }
        for text in KeyTests.badJWKs { #expect(isEmptyAfter { _ = try PublicKey(jwk: text) }, "\(text)") }
    }

    @Test("a signature that is refused leaves nothing in it", arguments: SigningAlgorithm.allCases)
    func signatures(algorithm: SigningAlgorithm) throws {
        let key = try Fixture.signer(algorithm).verificationKey
        ERR_clear_error()
        for count in [0, 1, 32, 64, 384, 385] {
            let signature = [UInt8](repeating: 0xFF, count: count)
            #expect(!key.isValid(signature, for: [1], algorithm: algorithm))
            #expect(ERR_peek_error() == 0)
        }
    }
}
