/// Writes heads and chunks in wire form (RFC 9112). What frames the message is written here and nowhere else: fields of
/// that kind among the caller's are left out.
enum MessageWriter {
    /// What an answer's head says besides the caller's fields.
    struct ResponseFrame {
        var framing: MessageFraming
        /// A length told without content: an answer to HEAD, or 304.
        var toldLength: Int?
        var closes = false
        /// Whether to confirm persistence, as HTTP/1.0 clients need.
        var confirmsKeepAlive = false
        /// The whole `Date` line.
        var date: [UInt8]
    }

    /// Appends an answer's head.
    static func append(
        _ head: borrowing HTTPResponseHead,
        _ frame: ResponseFrame,
        to out: inout [UInt8]
    ) {
        append(statusLineOf: head.status, to: &out)
        let hasDate = append(head.fields, to: &out, keepsUpgrade: head.status == .switchingProtocols)
        if !hasDate { out.append(contentsOf: frame.date) }
        if head.status == .switchingProtocols {
            append("Connection: upgrade\r\n", to: &out)
        } else if frame.closes {
            append("Connection: close\r\n", to: &out)
        } else if frame.confirmsKeepAlive {
            append("Connection: keep-alive\r\n", to: &out)
        }
        // Last, and with the line that ends the head: each addition to an array costs.
        switch frame.framing {
        case .length(let count): appendLastLength(count, to: &out)
        case .chunked: append("Transfer-Encoding: chunked\r\n\r\n", to: &out)
        case .none:
            let mayTell = head.status == .notModified || !head.status.hasNoContent
            if let told = frame.toldLength, told >= 0, mayTell {
                appendLastLength(told, to: &out)
            } else if !head.status.hasNoContent {
                append("Content-Length: 0\r\n\r\n", to: &out)
            } else {
                append("\r\n", to: &out)
            }
        case .untilClose: append("\r\n", to: &out)
        }
    }

    /// Appends a request's head; `host` is used when the fields have none.
    static func append(
        _ head: borrowing HTTPRequestHead,
        framing: MessageFraming,
        host: String,
        to out: inout [UInt8]
    ) {
        out.append(contentsOf: head.method.name.utf8)
        out.append(UInt8(ascii: " "))
        if head.targetBytes.allSatisfy(ByteClass.isTarget) {
            out.append(contentsOf: head.targetBytes)
        } else {
            out.append(contentsOf: TargetForm.encode(head.targetBytes))
        }
        append(" HTTP/1.1\r\n", to: &out)
        if !head.fields.contains(.host) {
            append("Host: ", to: &out)
            out.append(contentsOf: host.utf8)
            append("\r\n", to: &out)
        }
        let upgrades = head.fields.contains(.upgrade)
        append(head.fields, to: &out, keepsUpgrade: upgrades)
        if upgrades { append("Connection: upgrade\r\n", to: &out) }
        switch framing {
        case .length(let count): appendLastLength(count, to: &out)
        case .chunked: append("Transfer-Encoding: chunked\r\n\r\n", to: &out)
        case .none where head.method == .post || head.method == .put || head.method == .patch:
            append("Content-Length: 0\r\n\r\n", to: &out)
        case .none, .untilClose: append("\r\n", to: &out)
        }
    }

    /// Appends an interim answer: `HTTP/1.1 100 Continue`.
    static func appendContinue(to out: inout [UInt8]) { append("HTTP/1.1 100 Continue\r\n\r\n", to: &out) }

    /// Appends one chunk; an empty one would end the content and is left out.
    static func appendChunk(_ bytes: [UInt8], to out: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        appendHexadecimal(bytes.count, to: &out)
        append("\r\n", to: &out)
        out.append(contentsOf: bytes)
        append("\r\n", to: &out)
    }

    /// Appends the last chunk and the trailers.
    static func appendEnd(trailers: HTTPFields, to out: inout [UInt8]) {
        append("0\r\n", to: &out)
        append(trailers, to: &out, keepsUpgrade: false)
        append("\r\n", to: &out)
    }

    // MARK: Pieces

    /// Appends the fields but those that frame the message or manage the connection.
    ///
    /// - Returns: whether `Date` was among them.
    @discardableResult private static func append(
        _ fields: borrowing HTTPFields,
        to out: inout [UInt8],
        keepsUpgrade: Bool
    ) -> Bool {
        var hasDate = false
        let span = fields.bytes.span
        // Neighbours are copied together, as they stand.
        var run = 0..<0
        for line in fields.lines {
            let name = line.nameRange
            switch line.nameCount {
            case 4 where ByteScan.equals(span, name, "date"): hasDate = true
            case 7 where !keepsUpgrade && ByteScan.equals(span, name, "upgrade"): continue
            case 10
            where ByteScan.equals(span, name, "connection") || ByteScan.equals(span, name, "keep-alive"):
                continue
            case 14 where ByteScan.equals(span, name, "content-length"): continue
            case 16 where ByteScan.equals(span, name, "proxy-connection"): continue
            case 17 where ByteScan.equals(span, name, "transfer-encoding"): continue
            default: break
            }
            guard let whole = wireRange(of: line, span) else {
                out.append(contentsOf: fields.bytes[run])
                run = 0..<0
                out.append(contentsOf: fields.bytes[name])
                append(": ", to: &out)
                out.append(contentsOf: fields.bytes[line.valueRange])
                append("\r\n", to: &out)
                continue
            }
            if whole.lowerBound != run.upperBound {
                if !run.isEmpty { out.append(contentsOf: fields.bytes[run]) }
                run = whole
            } else {
                run = run.lowerBound..<whole.upperBound
            }
        }
        if !run.isEmpty { out.append(contentsOf: fields.bytes[run]) }
        return hasDate
    }

    /// Where the field stands as it would be written: `name: value`, and the end of the line.
    private static func wireRange(of line: HTTPFields.Line, _ span: Span<UInt8>) -> Range<Int>? {
        let end = line.valueRange.upperBound
        guard line.value == line.name + line.nameCount + 2, span[Int(line.value) - 1] == UInt8(ascii: " "),
            end + 1 < span.count, span[end] == UInt8(ascii: "\r"), span[end + 1] == UInt8(ascii: "\n")
        else { return nil }
        return Int(line.name)..<(end + 2)
    }

    private static func append(statusLineOf status: HTTPStatus, to out: inout [UInt8]) {
        if status == .ok { return append("HTTP/1.1 200 OK\r\n", to: &out) }
        append("HTTP/1.1 ", to: &out)
        append(Int(status.code), to: &out)
        append(" ", to: &out)
        out.append(contentsOf: status.phrase.utf8)
        append("\r\n", to: &out)
    }

    /// The line that tells the length, and the head's end. `count` is not negative.
    private static func appendLastLength(_ count: Int, to out: inout [UInt8]) {
        append("Content-Length: ", to: &out)
        // Digits from the right, in front of the four bytes that end line and head.
        var text = InlineArray<24, UInt8>(repeating: UInt8(ascii: "\r"))
        text[21] = UInt8(ascii: "\n")
        text[23] = UInt8(ascii: "\n")
        var start = 20
        var rest = count
        repeat {
            start -= 1
            text[start] = UInt8(48 + rest % 10)
            rest /= 10
        } while rest > 0
        unsafe text.span.extracting(start...).withUnsafeBufferPointer { unsafe out.append(contentsOf: $0) }
    }

    @inline(__always) private static func append(_ text: StaticString, to out: inout [UInt8]) {
        // A literal's bytes live as long as the program.
        unsafe out.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        )
    }

    private static func append(_ number: Int, to out: inout [UInt8]) {
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            out.append(UInt8(48 + number / divisor % 10))
            divisor /= 10
        }
    }

    private static func appendHexadecimal(_ number: Int, to out: inout [UInt8]) {
        let digits = max(1, (Int.bitWidth - number.leadingZeroBitCount + 3) / 4)
        for place in (0..<digits).reversed() {
            let digit = UInt8(number >> (place * 4) & 15)
            out.append(digit < 10 ? digit + 48 : digit + 87)
        }
    }
}
