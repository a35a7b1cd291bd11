import Secrets
import TestSupport
import Testing

@testable import Tokens

@Suite("sealed secrets") struct SealingKeyTests {
    private static let secret = Secret("a secret of thirty-two bytes at least")

    /// RFC 5869, appendix A.3: no salt, no info; the first block.
    @Test("the key is derived as the RFC's example says")
    func derivation() throws {
        let derived = try SealingKey.derive(Secret([UInt8](repeating: 0x0b, count: 22)), info: [])
        let expected: [UInt8] = [
            0x8d, 0xa4, 0xe7, 0x75, 0xa5, 0x63, 0xc1, 0x8f, 0x71, 0x5f, 0x80, 0x2a, 0x06, 0x3c, 0x5a, 0x31,
            0xb8, 0xa1, 0x1f, 0x5c, 0x5e, 0xe1, 0x87, 0x9e, 0xc3, 0x45, 0x4e, 0x5f, 0x3c, 0x73, 0x8d, 0x2d,
        ]
        #expect(derived == Secret(expected))
    }

    @Test("what is sealed is opened by the same secret for the same context, and differs each time")
    func roundTrip() throws {
        for text in ["", "x", String(repeating: "long ", count: 10_000)] {
            let sealed = try SealingKey(Self.secret).seal(Secret(text), for: "key 1")
            #expect(sealed.count == text.utf8.count + 28)
            #expect(try SealingKey(Self.secret).open(sealed, for: "key 1") == Secret(text))
            #expect(try SealingKey(Self.secret).seal(Secret(text), for: "key 1") != sealed)
        }
    }

    @Test("any other secret, context or byte opens nothing")
    func refused() throws {
        let key = try SealingKey(Self.secret)
        let sealed = try key.seal(Secret("secret"), for: "key 1")
        #expect(try key.open(sealed, for: "key 2") == nil)
        #expect(
            try SealingKey(Secret("another secret of thirty-two bytes")).open(sealed, for: "key 1") == nil
        )
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1
            #expect(try key.open(changed, for: "key 1") == nil)
        }
        for count in 0..<sealed.count {
            #expect(try key.open(Array(sealed.prefix(count)), for: "key 1") == nil)
        }
        #expect(try key.open(sealed + [0], for: "key 1") == nil)
    }

    @Test("a secret that is too short to seal with is refused, and none is shown")
    func short() throws {
        #expect(throws: KeyError.self) { try SealingKey(Secret("short")) }
        var dumped = ""
        dump(try SealingKey(Self.secret), to: &dumped)
        #expect(dumped.contains("***"))
    }

    @Test("another implementation opens it", .enabled(if: Program.isPythonWanted))
    func peer() async throws {
        let script = """
            import sys
            from cryptography.hazmat.primitives import hashes
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
            from cryptography.hazmat.primitives.kdf.hkdf import HKDF
            sealed = sys.stdin.buffer.read()
            info = b"vigie sealing key, AES-256-GCM"
            key = HKDF(hashes.SHA256(), 32, None, info).derive(sys.argv[1].encode())
            sys.stdout.buffer.write(AESGCM(key).decrypt(sealed[:12], sealed[12:], sys.argv[2].encode()))
            """
        let sealed = try SealingKey(Self.secret).seal(Secret("for Python, too"), for: "key é")
        let python = try #require(Program.python)
        let opened = try await Program.succeed(
            python,
            ["-c", script, Self.secret.reveal(), "key é"],
            input: sealed
        )
        #expect(String(decoding: opened, as: UTF8.self) == "for Python, too")
    }
}
