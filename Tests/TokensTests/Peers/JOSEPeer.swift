import TestSupport

@testable import Tokens

/// PyJWT and jwcrypto, asked by way of the script beside this file.
enum JOSEPeer {
    /// What the script answers to each request, in order.
    static func ask(_ requests: [[String: ClaimValue]]) async throws -> [[String: ClaimValue]] {
        let lines = requests.flatMap { (request) -> [UInt8] in ClaimWriter.encode(request) + [0x0A] }
        let answer = try await Program.ask(Program.script("jose_peer.py"), input: lines)
        return try answer.split(separator: 0x0A).map { try ClaimReader.object(Array($0)) }
    }
}
