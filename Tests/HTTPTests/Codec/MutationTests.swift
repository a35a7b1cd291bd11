import TestSupport
import Testing

@testable import HTTP

@Suite("random bytes end no parser, and cuts change nothing for them either") struct MutationTests {
    /// 20 parts of 5 000 inputs each.
    static let seeds = 1...20 as ClosedRange<UInt64>

    /// Parses changed messages whole and in pieces; what is accepted goes to `inspect`, which tells what is wrong with it.
    private func check<Value>(
        _ corpus: [[UInt8]],
        seed: UInt64,
        count: Int,
        _ parse: ([UInt8], [Int]) -> Verdict<Value>,
        inspect: (Value, [UInt8]) -> String? = { _, _ in nil }
    ) {
        var mutator = Mutator(seed: seed)
        for number in 0..<count {
            let bytes = mutator.next(from: corpus)
            let whole = parse(bytes, [])
            let cut = mutator.random.below(bytes.count + 1)
            let other = parse(bytes, [cut])
            var complaint = other == whole ? nil : "whole: \(whole), cut at \(cut): \(other)"
            if complaint == nil, case .accepted(let value) = whole { complaint = inspect(value, bytes) }
            guard let complaint else { continue }
            Issue.record("seed \(seed), input \(number), \(bytes): \(complaint)")
            return
        }
    }

    @Test("requests; an accepted target is in its one canonical form", arguments: seeds)
    func requests(seed: UInt64) {
        check(Corpus.requests, seed: seed, count: 2_500) {
            ParsedRequest.parse($0, cuts: $1)
        } inspect: { request, bytes in
            guard request.end <= bytes.count else { return "it ends behind its bytes" }
            guard request.head.method != .connect else { return nil }
            let again = ParsedRequest.parse(
                "\(request.head.method) \(request.head.target) HTTP/1.1\r\nHost: a\r\n\r\n"
            )
            return again.value?.head.targetBytes == request.head.targetBytes
                ? nil : "its target becomes \(again.value?.head.target ?? "refused")"
        }
    }

    @Test("answers", arguments: seeds)
    func responses(seed: UInt64) {
        check(Corpus.responses, seed: seed ^ 0xA5A5, count: 1_250) {
            ParsedResponse.parse($0, cuts: $1)
        } inspect: { response, bytes in
            response.end <= bytes.count ? nil : "it ends behind its bytes"
        }
    }

    @Test("chunked contents; what is accepted has no more data than bytes", arguments: seeds)
    func contents(seed: UInt64) {
        check(Corpus.contents, seed: seed ^ 0x5A5A, count: 1_250) {
            DecodedChunks.decode($0, cuts: $1)
        } inspect: { chunks, bytes in
            chunks.end <= bytes.count && chunks.content.count < chunks.end
                ? nil : "it has more data than bytes"
        }
    }

    @Test("noise", arguments: 1...4 as ClosedRange<UInt64>)
    func noise(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<1_000 {
            let bytes = (0..<random.below(64)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let cut = random.below(bytes.count + 1)
            #expect(
                ParsedRequest.parse(bytes, cuts: [cut]) == ParsedRequest.parse(bytes),
                "seed \(seed): \(bytes)"
            )
            #expect(
                ParsedResponse.parse(bytes, cuts: [cut]) == ParsedResponse.parse(bytes),
                "seed \(seed): \(bytes)"
            )
            #expect(
                DecodedChunks.decode(bytes, cuts: [cut]) == DecodedChunks.decode(bytes),
                "seed \(seed): \(bytes)"
            )
        }
    }
}
