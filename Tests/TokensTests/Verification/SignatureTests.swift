import TestSupport
import Testing

@testable import Tokens

@Suite("signatures") struct SignatureTests {
    @Test("what each algorithm signs, it verifies", arguments: SigningAlgorithm.allCases)
    func roundTrip(algorithm: SigningAlgorithm) throws {
        let token = try Fixture.token(algorithm)
        let verified = try Fixture.verifier.verify(
            Array(token.utf8).span,
            keys: Fixture.keys,
            at: Fixture.now
        )
        #expect(verified.claims == Fixture.claims)
        #expect(verified.header.algorithm == algorithm)
        #expect(verified.header.type == "JWT")
        #expect(verified.claims.roles == ["host"])
        #expect(verified.claims.scopes == ["read", "write"])
        #expect(verified.end == Fixture.now + .seconds(630))
    }

    @Test("J10: a token with any one bit flipped is refused", arguments: SigningAlgorithm.allCases)
    func bitFlips(algorithm: SigningAlgorithm) throws {
        let token = Array(try Fixture.token(algorithm).utf8)
        for index in token.indices {
            for bit in 0..<8 {
                var changed = token
                changed[index] ^= 1 << bit
                #expect(throws: TokenError.self, "\(algorithm), byte \(index), bit \(bit)") {
                    try Fixture.verifier.verify(changed.span, keys: Fixture.keys, at: Fixture.now)
                }
            }
        }
    }

    @Test("random changes of a token are refused", arguments: 1...8 as ClosedRange<UInt64>)
    func mutations(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let token = Array(try Fixture.token(.edDSA).utf8)
        let alphabet = Array("AZaz09-_.=+/ \"{}".utf8)
        for _ in 0..<400 {
            var changed = token
            for _ in 0...random.below(3) {
                let index = random.below(changed.count)
                switch random.below(4) {
                case 0: changed[index] = alphabet[random.below(alphabet.count)]
                case 1: changed.remove(at: index)
                case 2: changed.insert(alphabet[random.below(alphabet.count)], at: index)
                default: changed.removeLast(1 + random.below(8))
                }
            }
            guard changed != token else { continue }
            #expect(throws: TokenError.self, "seed \(seed): \(String(decoding: changed, as: UTF8.self))") {
                try Fixture.verifier.verify(changed.span, keys: Fixture.keys, at: Fixture.now)
            }
        }
    }

    @Test("J10: another token's signature, another key's signature", arguments: SigningAlgorithm.allCases)
    func foreign(algorithm: SigningAlgorithm) throws {
        var other = Fixture.claims
        other.subject = "admin"
        let mine = try Fixture.token(algorithm).split(separator: ".")
        let theirs = try Fixture.token(algorithm, other).split(separator: ".")
        #expect(Fixture.refusal("\(mine[0]).\(theirs[1]).\(mine[2])") == .invalidSignature)
        let type = try Fixture.signer(algorithm).algorithm
        let forger =
            switch type {
            case .hs256: SigningKey(try SharedKey(.random(byteCount: 32)), id: "hs256")
            case .rs256, .ps256:
                try SigningKey(.generate(.rsa), id: type.rawValue.lowercased(), algorithm: type)
            case .es256: try SigningKey(.generate(.p256), id: "es256")
            case .edDSA: try SigningKey(.generate(.ed25519), id: "eddsa")
            }
        #expect(Fixture.refusal(try TokenSigner(forger).sign(Fixture.claims)) == .invalidSignature)
    }

    /// J5. The order of P-256's group (SP 800-186 §3.2.1.3).
    static let order: [UInt8] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ]

    private func withSignature(_ token: String, _ change: ([UInt8]) -> [UInt8]) throws -> String {
        let parts = token.split(separator: ".")
        let signature = try #require(Base64URL.bytes(parts[2]))
        return "\(parts[0]).\(parts[1]).\(Base64URL.encode(change(signature).span))"
    }

    @Test("J5: ES256 signatures that are none")
    func ecdsa() throws {
        let token = try Fixture.token(.es256)
        let zero = [UInt8](repeating: 0, count: 32)
        let one = [UInt8](repeating: 0, count: 31) + [1]
        let changes: [@Sendable ([UInt8]) -> [UInt8]] = [
            { _ in zero + zero }, { zero + $0[32...] }, { $0[..<32] + zero }, { Self.order + $0[32...] },
            { $0[..<32] + Self.order }, { _ in Self.order + Self.order }, { _ in one + one },
            { _ in [UInt8](repeating: 0xFF, count: 64) }, { ECDSASignature.der($0) ?? [] },
            { $0.dropLast() }, { $0 + [0] }, { [0] + $0 }, { zero + $0 }, { $0 + $0 }, { Array($0[..<32]) },
            { Array($0[32...] + $0[..<32]) }, { _ in [] },
        ]
        for (number, change) in changes.enumerated() {
            #expect(
                Fixture.refusal(try withSignature(token, change)) == .invalidSignature,
                "change \(number)"
            )
        }
    }

    @Test("J5: RSA signatures of another length or padding", arguments: [SigningAlgorithm.rs256, .ps256])
    func rsa(algorithm: SigningAlgorithm) throws {
        let token = try Fixture.token(algorithm)
        let changes: [@Sendable ([UInt8]) -> [UInt8]] = [
            { $0.dropLast() }, { $0 + [0] }, { [0] + $0 }, { [UInt8](repeating: 0, count: $0.count) },
            { [UInt8](repeating: 0xFF, count: $0.count) }, { $0.dropLast() + [1] }, { _ in [1] },
        ]
        for (number, change) in changes.enumerated() {
            #expect(
                Fixture.refusal(try withSignature(token, change)) == .invalidSignature,
                "change \(number)"
            )
        }
        // The one padding is not taken for the other.
        let other = algorithm == .rs256 ? SigningAlgorithm.ps256 : .rs256
        let header = #"{"alg":"\#(algorithm.rawValue)","kid":"\#(algorithm.rawValue.lowercased())"}"#
        let swapped = try Fixture.token(header: header, payload: Fixture.payload(), by: other)
        #expect(Fixture.refusal(swapped) == .invalidSignature)
    }

    @Test("J5: an EdDSA signature whose S has the group's order added to it")
    func malleable() throws {
        // L = 2^252 + 27742317777372353535851937790883648493, little-endian (RFC 8032 §5.1).
        let order: [UInt8] =
            [
                0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE,
                0x14,
            ] + [UInt8](repeating: 0, count: 15) + [0x10]
        let token = try withSignature(try Fixture.token(.edDSA)) { signature in
            var changed = signature
            var carry = 0
            for index in 0..<32 {
                carry += Int(signature[32 + index]) + Int(order[index])
                changed[32 + index] = UInt8(carry & 0xFF)
                carry >>= 8
            }
            return changed
        }
        #expect(Fixture.refusal(token) == .invalidSignature)
    }

    @Test("the two forms of an ECDSA signature stand for each other", arguments: 1...4 as ClosedRange<UInt64>)
    func forms(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<500 {
            let raw = (0..<64).map { _ in random.below(3) == 0 ? 0 : UInt8(truncatingIfNeeded: random.next())
            }
            #expect(ECDSASignature.der(raw).flatMap(ECDSASignature.raw) == raw, "seed \(seed)")
        }
        for broken in [
            [], [0x30], [0x30, 0], [0x30, 3, 2, 1, 1], [0x30, 6, 2, 1, 1, 2, 2, 1], [0x30, 2, 5, 0],
        ] as [[UInt8]] {
            #expect(ECDSASignature.raw(broken) == nil)
        }
    }
}
