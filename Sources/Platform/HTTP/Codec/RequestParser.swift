/// Reads the head of a request from the bytes of a connection, at any cut of the bytes (RFC 9112 §2–§6).
///
/// Give it all bytes from the message's start on, again with more when it asked for more. It keeps its arrays from one
/// request to the next, so that a connection's later heads cost no allocation.
struct RequestParser: Sendable {
    /// What a head says about its message and its connection.
    struct Frame: Sendable, Equatable {
        /// How the content is delimited.
        var framing = MessageFraming.none
        /// Whether the connection may serve another request after this one.
        var keepsAlive = true
        /// Whether the client waits for 100 before it sends the content.
        var expectsContinue = false
        /// Whether the client asks for another protocol and may get one: HTTP/1.1, no content, not closing
        /// (RFC 9110 §7.8).
        var mayUpgrade = false
    }

    /// The head, whole once ``parse(_:)`` has returned its end.
    private(set) var head = HTTPRequestHead()
    /// What the head says about its message.
    private(set) var frame = Frame()

    private let limits: HTTPLimits
    private var fields: FieldSectionParser
    private var hasRequestLine = false
    private var target = 0..<0

    init(limits: HTTPLimits) {
        self.limits = limits
        fields = FieldSectionParser(limits, position: 0)
    }

    /// Makes ready for the next request.
    mutating func reset() {
        hasRequestLine = false
        fields.position = 0
        head.fields.removeAll()
    }

    /// Reads on.
    ///
    /// - Parameter span: all bytes since the message's start.
    /// - Returns: the index behind the head; nil when more bytes are needed.
    /// - Throws: what the message breaks; nothing more can be read from the connection then.
    mutating func parse(_ span: Span<UInt8>) throws(HTTPProtocolError) -> Int? {
        if !hasRequestLine {
            let window =
                span.count > limits.headByteCount ? span.extracting(first: limits.headByteCount) : span
            guard let next = try requestLine(window) else {
                guard window.count < limits.headByteCount else {
                    throw HTTPProtocolError(.fieldsTooLarge, at: limits.headByteCount)
                }
                return nil
            }
            hasRequestLine = true
            fields.position = next
        }
        guard let end = try fields.parse(span, into: &head.fields.lines) else { return nil }
        try finish(span)
        // One copy of the head for all who look at it later; the lines' offsets count from its begin.
        unsafe span.extracting(first: end).withUnsafeBufferPointer { bytes in
            unsafe head.fields.bytes.append(contentsOf: bytes)
        }
        if let host = authorityOfTarget(span) { head.fields.set(.host, host) }
        return end
    }

    // MARK: The request line

    private mutating func requestLine(_ span: Span<UInt8>) throws(HTTPProtocolError) -> Int? {
        var start = 0
        // One empty line before the request is forgiven (RFC 9112 §2.2).
        if span.count > 0, span[0] == UInt8(ascii: "\r") {
            guard span.count > 1 else { return nil }
            guard span[1] == UInt8(ascii: "\n") else { throw HTTPProtocolError(.bareCarriageReturn, at: 0) }
            start = 2
        }
        guard let methodEnd = try methodEnd(span, from: start) else { return nil }
        guard let targetEnd = try targetEnd(span, from: methodEnd + 1) else { return nil }
        guard let next = try version(span, from: targetEnd + 1) else { return nil }
        try readMethod(span, start..<methodEnd)
        target = (methodEnd + 1)..<targetEnd
        try checkForm(span)
        return next
    }

    private func methodEnd(_ span: Span<UInt8>, from start: Int) throws(HTTPProtocolError) -> Int? {
        let end = ByteScan.endOfToken(span, from: start)
        guard end - start <= HTTPMethod.lengthLimit else {
            throw HTTPProtocolError(.methodTooLong, at: start)
        }
        guard end < span.count else { return nil }
        guard end > start, span[end] == UInt8(ascii: " ") else {
            throw startLineError(span, at: end, .methodInvalid)
        }
        return end
    }

    private func targetEnd(_ span: Span<UInt8>, from start: Int) throws(HTTPProtocolError) -> Int? {
        let limit = start + limits.targetByteCount
        var index = start
        while index < span.count, index <= limit, ByteClass.isTarget(span[index]) { index += 1 }
        guard index <= limit else { throw HTTPProtocolError(.targetTooLong, at: limit) }
        guard index < span.count else { return nil }
        guard index > start, span[index] == UInt8(ascii: " ") else {
            throw startLineError(span, at: index, .targetInvalid)
        }
        return index
    }

    private mutating func version(_ span: Span<UInt8>, from start: Int) throws(HTTPProtocolError) -> Int? {
        if ByteScan.begins(span, at: start, with: 0x312E_312F_5054_5448), start + 9 < span.count,
            span[start + 8] == UInt8(ascii: "\r"), span[start + 9] == UInt8(ascii: "\n")
        {
            // HTTP/1.1, as nearly always.
            head.version = .http11
            return start + 10
        }
        let prefix: StaticString = "HTTP/"
        for offset in 0..<5 {
            guard start + offset < span.count else { return nil }
            // Within the literal's five bytes.
            guard unsafe prefix.utf8Start[offset] == span[start + offset] else {
                throw startLineError(span, at: start + offset, .versionInvalid)
            }
        }
        guard start + 8 < span.count else { return nil }
        let (major, point, minor) = (span[start + 5], span[start + 6], span[start + 7])
        guard major &- 48 < 10, point == UInt8(ascii: "."), minor &- 48 < 10 else {
            throw startLineError(span, at: start + 5, .versionInvalid)
        }
        guard span[start + 8] == UInt8(ascii: "\r") else {
            throw startLineError(span, at: start + 8, .versionInvalid)
        }
        guard start + 9 < span.count else { return nil }
        guard span[start + 9] == UInt8(ascii: "\n") else {
            throw HTTPProtocolError(.bareCarriageReturn, at: start + 8)
        }
        guard major == UInt8(ascii: "1") else { throw HTTPProtocolError(.versionUnsupported, at: start) }
        switch minor {
        case UInt8(ascii: "0"): head.version = .http10
        case UInt8(ascii: "1"): head.version = .http11
        default: throw HTTPProtocolError(.versionInvalid, at: start)
        }
        return start + 10
    }

    private func startLineError(
        _ span: Span<UInt8>,
        at index: Int,
        _ reason: HTTPRefusal
    ) -> HTTPProtocolError {
        HTTPProtocolError(span[index] == UInt8(ascii: "\n") ? .bareLineFeed : reason, at: index)
    }

    private mutating func readMethod(_ span: Span<UInt8>, _ range: Range<Int>) throws(HTTPProtocolError) {
        if range.count == 3, span[range.lowerBound] == UInt8(ascii: "G"),
            span[range.lowerBound + 1] == UInt8(ascii: "E"),
            span[range.lowerBound + 2] == UInt8(ascii: "T")
        {
            head.method = .get
            return
        }
        let name = unsafe span.extracting(range).withUnsafeBufferPointer {
            unsafe String(decoding: $0, as: UTF8.self)
        }
        let upper = name.uppercased()
        guard name == upper || !HTTPMethod.known.contains(where: { $0.name == upper }),
            let method = HTTPMethod(name)
        else {
            throw HTTPProtocolError(.methodInvalid, at: range.lowerBound)
        }
        head.method = method
    }

    // MARK: The target

    /// Checks the target's form for the method, and takes it over in canonical form (RFC 9112 §3.2).
    private mutating func checkForm(_ span: Span<UInt8>) throws(HTTPProtocolError) {
        let invalid = HTTPProtocolError(.targetInvalid, at: target.lowerBound)
        head.targetBytes.removeAll(keepingCapacity: true)
        if head.method == .connect {
            guard Authority.isValid(span, target, needsPort: true) else { throw invalid }
            return appendTarget(span, target)
        }
        if target.count == 1, span[target.lowerBound] == UInt8(ascii: "*") {
            guard head.method == .options else { throw invalid }
            return appendTarget(span, target)
        }
        var path = target
        if span[target.lowerBound] != UInt8(ascii: "/") {
            guard let authority = absoluteAuthority(span), Authority.isValid(span, authority) else {
                throw invalid
            }
            path = authority.upperBound..<target.upperBound
        }
        for index in path where span[index] == UInt8(ascii: "%") {
            guard TargetForm.isEscape(span, at: index, before: path.upperBound) else { throw invalid }
        }
        // OPTIONS of an authority alone is about the server as a whole (RFC 9112 §3.2.4).
        if path.isEmpty, head.method == .options { return head.targetBytes.append(UInt8(ascii: "*")) }
        if path.isEmpty || span[path.lowerBound] == UInt8(ascii: "?") {
            head.targetBytes.append(UInt8(ascii: "/"))
        }
        guard !TargetForm.isCanonical(span, path) else { return appendTarget(span, path) }
        head.targetBytes.append(contentsOf: TargetForm.canonicalize(span, path))
    }

    private mutating func appendTarget(_ span: Span<UInt8>, _ range: Range<Int>) {
        unsafe span.extracting(range).withUnsafeBufferPointer {
            unsafe head.targetBytes.append(contentsOf: $0)
        }
    }

    /// Where the authority of `http://authority/path` stands.
    private func absoluteAuthority(_ span: Span<UInt8>) -> Range<Int>? {
        let start = target.lowerBound
        let schemes: [(StaticString, Int)] = [("http://", 7), ("https://", 8)]
        for (scheme, count) in schemes where target.count >= count {
            guard ByteScan.equals(span, start..<(start + count), scheme) else { continue }
            var end = start + count
            while end < target.upperBound, span[end] != UInt8(ascii: "/"), span[end] != UInt8(ascii: "?") {
                end += 1
            }
            return (start + count)..<end
        }
        return nil
    }

    private func authorityOfTarget(_ span: Span<UInt8>) -> String? {
        guard span[target.lowerBound] != UInt8(ascii: "/"), head.method != .connect,
            let authority = absoluteAuthority(span)
        else { return nil }
        return unsafe span.extracting(authority).withUnsafeBufferPointer {
            unsafe String(decoding: $0, as: UTF8.self)
        }
    }

    // MARK: The fields

    private mutating func finish(_ span: Span<UInt8>) throws(HTTPProtocolError) {
        let facts = try FramingFields(span, head.fields.lines, isRequest: true)
        let isOld = head.version == .http10
        if let host = facts.host {
            guard Authority.isValid(span, host) else {
                throw HTTPProtocolError(.hostInvalid, at: host.lowerBound)
            }
        } else if !isOld {
            throw HTTPProtocolError(.hostMissing, at: 0)
        }
        guard !facts.hasEncoding || !isOld else { throw HTTPProtocolError(.encodingInvalid, at: 0) }
        frame = Frame(
            framing: facts.framing,
            keepsAlive: isOld ? facts.keepsAlive && !facts.closes : !facts.closes,
            expectsContinue: facts.expectsContinue && !isOld,
            mayUpgrade: facts.upgrade && facts.namesUpgrade && !facts.closes && !isOld
        )
        guard !frame.mayUpgrade || frame.framing == .none else {
            throw HTTPProtocolError(.upgradeWithContent, at: 0)
        }
    }
}
