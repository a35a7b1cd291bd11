import TestSupport
import Testing

@testable import HTTP

/// A request that one parser takes for another than the next one does is how requests are smuggled: what is accepted
/// here must be accepted by others too, with the same end.
@Suite(
    "what is accepted here, other parsers accept",
    .enabled(if: Program.isPythonWanted, "needs TEST_PYTHON")
)
struct PeerTests {
    /// Accepted requests from the corpus and from changed good ones of it, each with its least content.
    private func accepted(seed: UInt64, count: Int) -> [(ParsedRequest, [UInt8])] {
        var mutator = Mutator(seed: seed)
        let good = Corpus.requests.filter { ParsedRequest.parse($0).value != nil }
        let changed = (0..<count).map { _ in mutator.next(from: good) }
        return (good + changed).compactMap { bytes in
            guard let request = ParsedRequest.parse(bytes).value else { return nil }
            return request.completed(bytes).map { (request, $0) }
        }
    }

    /// A difference that is meant: what the peer says of which requests.
    private struct Difference: Sendable {
        let verdict: String
        let isMeant: @Sendable (ParsedRequest, String) -> Bool
    }

    /// llhttp trims spaces around the coding but not tabs; both are white space (RFC 9110 §5.6.3).
    private static let tabAtCoding = Difference(verdict: "InvalidTransferEncodingError") { _, text in
        text.lowercased().contains("chunked \t") || text.lowercased().contains("chunked\t")
    }

    /// llhttp knows a closed list of methods; the standard's is open (RFC 9110 §9.1).
    private static let unknownMethod = Difference(verdict: "InvalidMethodError") { request, _ in
        !HTTPMethod.known.contains(request.head.method)
    }

    /// h11 forgives no empty line before a request; a server should (RFC 9112 §2.2).
    private static let emptyLine = Difference(verdict: "no request line received") { _, text in
        text.hasPrefix("\r\n")
    }

    private func check(_ peer: PeerParser, seed: UInt64, differences: [Difference]) async throws {
        let requests = accepted(seed: seed, count: 8_000)
        let verdicts = try await peer.verdicts(of: requests.map { $0.1 })
        try #require(requests.count == verdicts.count)
        #expect(requests.count > 1_000, "so few are accepted that the comparison says little")
        for ((request, bytes), verdict) in zip(requests, verdicts) where verdict != "whole" {
            let text = String(decoding: bytes, as: UTF8.self)
            guard !differences.contains(where: { $0.verdict == verdict && $0.isMeant(request, text) }) else {
                continue
            }
            Issue.record("seed \(seed): \(verdict) for \(text.debugDescription)")
        }
    }

    @Test("llhttp, strict", arguments: 1...3 as ClosedRange<UInt64>)
    func llhttp(seed: UInt64) async throws {
        let differences = [Self.tabAtCoding, Self.unknownMethod]
        try await check(PeerParser(script: "llhttp_verdicts.py"), seed: seed, differences: differences)
    }

    @Test("h11", arguments: 4...6 as ClosedRange<UInt64>)
    func h11(seed: UInt64) async throws {
        try await check(PeerParser(script: "h11_verdicts.py"), seed: seed, differences: [Self.emptyLine])
    }
}
