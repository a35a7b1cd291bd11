import HTTP

/// What a collector's answer means (OTLP/HTTP, "OTLP/HTTP Response").
enum OTLPAnswer {
    /// 2xx took the batch, perhaps not all of it; 429, 502, 503, 504 may be tried again; others never.
    static func delivery(_ head: HTTPResponseHead, _ content: [UInt8]) -> SpanDelivery {
        switch head.status.code {
        case 200..<300:
            let isJSON = head.fields[.contentType]?.lowercased().hasPrefix("application/json") ?? false
            return .accepted(
                rejected: isJSON ? rejectedInJSON(content.span) : rejectedInProtobuf(content.span)
            )
        case 429, 502, 503, 504:
            let seconds = head.fields[.retryAfter].flatMap { Int64($0) }
            return .retry(after: seconds.map { .seconds(min(max(0, $0), 86_400)) }, reason: "\(head.status)")
        default: return .failed(reason: "\(head.status)")
        }
    }

    /// `partial_success = 1 { rejected_spans = 1 }`; 0 where it can't be read.
    static func rejectedInProtobuf(_ content: Span<UInt8>) -> Int {
        guard content.count >= 2, content[0] == 0x0a else { return 0 }
        var index = 1
        guard readVarint(content, &index) != nil, index < content.count, content[index] == 0x08 else {
            return 0
        }
        index += 1
        return Int(truncatingIfNeeded: readVarint(content, &index) ?? 0)
    }

    /// The digits behind `"rejectedSpans":`, with or without quotes; 0 without any.
    static func rejectedInJSON(_ content: Span<UInt8>) -> Int {
        let name = Array("\"rejectedSpans\"".utf8)
        var start = 0
        while start + name.count < content.count {
            if ByteText.equals(content, start..<(start + name.count), name.span, 0..<name.count) {
                return number(content, from: start + name.count)
            }
            start += 1
        }
        return 0
    }

    private static func number(_ content: Span<UInt8>, from start: Int) -> Int {
        let begin = SecretScan.run(content, start) { [9, 10, 13, 32, 34, 58].contains($0) }
        var number = 0
        var index = begin
        while index < content.count, (48...57).contains(content[index]), index - begin < 9 {
            number = number * 10 + Int(content[index] - 48)
            index += 1
        }
        return number
    }

    private static func readVarint(_ content: Span<UInt8>, _ index: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard index < content.count else { return nil }
            let byte = content[index]
            index += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
