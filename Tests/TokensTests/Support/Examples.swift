import Foundation
import Secrets
import Testing

@testable import Tokens

/// The examples of RFC 7515, 7517, 7520 and 8037, in `Keys/rfc-examples.json`.
enum Examples {
    struct Signed: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let algorithm: SigningAlgorithm
        let key: [String: ClaimValue]
        let token: String

        /// The signed bytes and the signature.
        var parts: (message: [UInt8], signature: [UInt8]) {
            let parts = token.split(separator: ".")
            let signature = Base64URL.bytes(parts[2]) ?? []
            return (Array("\(parts[0]).\(parts[1])".utf8), signature)
        }

        func signingKey() throws -> SigningKey {
            if let k = key["k"]?.string {
                return SigningKey(try SharedKey(Secret(try #require(Base64URL.bytes(k)))))
            }
            return try SigningKey(KeyPair(jwk: Secret(ClaimWriter.encode(key))), algorithm: algorithm)
        }
    }

    private static let file: [String: ClaimValue] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        guard let bytes = try? Data(contentsOf: folder.appendingPathComponent("Keys/rfc-examples.json"))
        else {
            return [:]
        }
        return (try? ClaimReader.object(Array(bytes))) ?? [:]
    }()

    static let signed: [Signed] = list("signed").compactMap { example in
        guard let name = example["name"]?.string, let token = example["token"]?.string,
            let algorithm = example["alg"]?.string.flatMap(SigningAlgorithm.init),
            case .object(let key) = example["key"]
        else { return nil }
        return Signed(testDescription: name, algorithm: algorithm, key: key, token: token)
    }

    static let unsupported: [String] = list("unsupported").compactMap { $0["token"]?.string }

    /// RFC 7517 A.1.
    static let publicSet: [UInt8] = {
        guard case .object(let set) = file["publicSet"] else { return [] }
        return ClaimWriter.encode(set)
    }()

    private static func list(_ name: String) -> [[String: ClaimValue]] {
        guard case .array(let values) = file[name] else { return [] }
        return values.compactMap { value in
            guard case .object(let object) = value else { return nil }
            return object
        }
    }
}
