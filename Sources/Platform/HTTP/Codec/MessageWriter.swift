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

    /// Appends an answer's head, with what its observer adds.
    static func append(
        _ head: HTTPResponseHead,
        _ frame: ResponseFrame,
        observer: (any HTTPExchangeObserver)? = nil,
        to out: inout [UInt8]
    ) {
        let added = observer?.fieldByteCount ?? 0
        out.append(addingCapacity: room(for: head.fields) + frame.date.count + added) { out in
            append(statusLineOf: head.status, to: &out)
            // RFC 9110 §15.5.22: 426 says which protocols it asks for.
            let asksUpgrade = head.status == 426 && head.fields.contains(.upgrade)
            let hasDate = append(
                head.fields,
                to: &out,
                keepsUpgrade: head.status == .switchingProtocols || asksUpgrade
            )
            if added > 0 { observer?.appendFields(to: &out) }
            if !hasDate { out.append(frame.date.span, 0..<frame.date.count) }
            if head.status == .switchingProtocols {
                out.append("Connection: upgrade\r\n")
            } else if asksUpgrade {
                // RFC 9110 §7.8: who sends `Upgrade` names it in `Connection`.
                out.append(frame.closes ? "Connection: close, upgrade\r\n" : "Connection: upgrade\r\n")
            } else if frame.closes {
                out.append("Connection: close\r\n")
            } else if frame.confirmsKeepAlive {
                out.append("Connection: keep-alive\r\n")
            }
            appendEnd(of: head.status, frame, to: &out)
        }
    }

    private static func appendEnd(
        of status: HTTPStatus,
        _ frame: ResponseFrame,
        to out: inout OutputSpan<UInt8>
    ) {
        switch frame.framing {
        case .length(let count): appendLastLength(count, to: &out)
        case .chunked: out.append("Transfer-Encoding: chunked\r\n\r\n")
        case .none:
            let mayTell = status == .notModified || !status.hasNoContent
            if let told = frame.toldLength, told >= 0, mayTell {
                appendLastLength(told, to: &out)
            } else if !status.hasNoContent {
                out.append("Content-Length: 0\r\n\r\n")
            } else {
                out.append("\r\n")
            }
        case .untilClose: out.append("\r\n")
        }
    }

    /// Appends a request's head; `host` is used when the fields have none.
    static func append(
        _ head: HTTPRequestHead,
        framing: MessageFraming,
        host: String,
        to out: inout [UInt8]
    ) {
        let (hasHost, upgrades) = hostAndUpgrade(head.fields)
        let encoded = isTarget(head.targetBytes.span) ? nil : TargetForm.encode(head.targetBytes)
        let targetCount = encoded?.count ?? head.targetBytes.count
        let room = room(for: head.fields) + HTTPMethod.lengthLimit + targetCount + host.utf8.count
        out.append(addingCapacity: room) { out in
            if head.method == .get { out.append("GET ") } else { out.append(utf8: head.method.name + " ") }
            if let encoded { out.append(bytes: encoded) } else { out.append(bytes: head.targetBytes) }
            out.append(" HTTP/1.1\r\n")
            if !hasHost {
                out.append("Host: ")
                out.append(utf8: host)
                out.append("\r\n")
            }
            append(head.fields, to: &out, keepsUpgrade: upgrades)
            if upgrades { out.append("Connection: upgrade\r\n") }
            switch framing {
            case .length(let count): appendLastLength(count, to: &out)
            case .chunked: out.append("Transfer-Encoding: chunked\r\n\r\n")
            case .none where head.method == .post || head.method == .put || head.method == .patch:
                out.append("Content-Length: 0\r\n\r\n")
            case .none, .untilClose: out.append("\r\n")
            }
        }
    }

    private static func isTarget(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices where !ByteClass.isTarget(bytes[index]) { return false }
        return true
    }

    /// Whether there are fields of these names.
    private static func hostAndUpgrade(_ fields: HTTPFields) -> (host: Bool, upgrade: Bool) {
        var found = (host: false, upgrade: false)
        let span = fields.bytes.span
        for line in fields.lines {
            switch line.nameCount {
            case 4 where ByteScan.equals(span, line.nameRange, "host"): found.host = true
            case 7 where ByteScan.equals(span, line.nameRange, "upgrade"): found.upgrade = true
            default: break
            }
        }
        return found
    }

    /// Room for a head with these fields, besides the caller's texts: four bytes a field for `: ` and the line's end where
    /// they aren't among its bytes, and the constant parts of start line and our own lines, a phrase included (160 bytes).
    private static func room(for fields: HTTPFields) -> Int {
        fields.bytes.count + 4 * fields.lines.count + 192
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
        out.append(addingCapacity: room(for: trailers)) { out in
            out.append("0\r\n")
            append(trailers, to: &out, keepsUpgrade: false)
            out.append("\r\n")
        }
    }

    // MARK: Pieces

    /// Appends the fields but those that frame the message or manage the connection.
    ///
    /// - Returns: whether `Date` was among them.
    @discardableResult private static func append(
        _ fields: HTTPFields,
        to out: inout OutputSpan<UInt8>,
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
                out.append(span, run)
                run = 0..<0
                out.append(span, name)
                out.append(": ")
                out.append(span, line.valueRange)
                out.append("\r\n")
                continue
            }
            if whole.lowerBound != run.upperBound {
                if !run.isEmpty { out.append(span, run) }
                run = whole
            } else {
                run = run.lowerBound..<whole.upperBound
            }
        }
        if !run.isEmpty { out.append(span, run) }
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

    private static func append(statusLineOf status: HTTPStatus, to out: inout OutputSpan<UInt8>) {
        if status == .ok { return out.append("HTTP/1.1 200 OK\r\n") }
        out.append("HTTP/1.1 ")
        for divisor: UInt16 in [100, 10, 1] { out.append(UInt8(48 + status.code / divisor % 10)) }
        out.append(" ")
        out.append(utf8: status.phrase)
        out.append("\r\n")
    }

    /// The line that tells the length, and the head's end. `count` is not negative.
    private static func appendLastLength(_ count: Int, to out: inout OutputSpan<UInt8>) {
        out.append("Content-Length: ")
        // Digits from the right, in front of the four bytes that end line and head.
        var text = InlineArray<24, UInt8>(repeating: UInt8(ascii: "\r"))
        text[21] = UInt8(ascii: "\n")
        text[23] = UInt8(ascii: "\n")
        var start = 20
        var rest = UInt(count)
        repeat {
            start -= 1
            text[start] = UInt8(truncatingIfNeeded: 48 + rest % 10)
            rest /= 10
        } while rest > 0
        out.append(text.span, start..<24)
    }

    @inline(__always) private static func append(_ text: StaticString, to out: inout [UInt8]) {
        // A literal's bytes live as long as the program.
        unsafe out.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        )
    }

    private static func appendHexadecimal(_ number: Int, to out: inout [UInt8]) {
        let digits = max(1, (Int.bitWidth - number.leadingZeroBitCount + 3) / 4)
        for place in (0..<digits).reversed() {
            let digit = UInt8(number >> (place * 4) & 15)
            out.append(digit < 10 ? digit + 48 : digit + 87)
        }
    }
}
