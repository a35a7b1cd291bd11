import TestSupport

@testable import HTTP

/// Another project's HTTP parser, asked by way of a Python script beside the tests.
struct PeerParser: Sendable {
    /// The script in `Peers`.
    let script: String

    /// What the peer says of each request, in order.
    func verdicts(of requests: [[UInt8]]) async throws -> [String] {
        let lines = requests.map { $0.map(Self.hexadecimal).joined() }.joined(separator: "\n")
        let answer = try await Program.ask(Program.script("../Peers/\(script)"), input: Array(lines.utf8))
        return String(decoding: answer, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}

extension ParsedRequest {
    /// The request's head among `bytes` and the least content that makes it whole; nil when that is long.
    func completed(_ bytes: [UInt8]) -> [UInt8]? {
        let head = Array(bytes[..<end])
        switch frame.framing {
        case .none: return head
        case .length(let count):
            return count > 10_000 ? nil : head + [UInt8](repeating: UInt8(ascii: "G"), count: count)
        case .chunked: return head + Array("1\r\nG\r\n0\r\n\r\n".utf8)
        case .untilClose: return nil
        }
    }
}
