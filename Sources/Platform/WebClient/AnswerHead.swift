import HTTP

/// Builds an answer's head from the lines that libcurl hands out, and holds them to the limits and to the rules of
/// framing that libcurl is lenient about (RFC 9112 §6.3).
///
/// Interim answers and redirects are begun anew; what follows a head that was handed on are trailers.
struct AnswerHead {
    private let limits: HTTPLimits
    private(set) var status = HTTPStatus.ok
    private(set) var fields = HTTPFields()
    private(set) var trailers = HTTPFields()
    /// Whether the blank line of a final answer has come.
    private(set) var isWhole = false
    /// Whether the caller has it: then lines are trailers.
    var isHandedOn = false
    private var byteCount = 0
    private var interimCount = 0

    init(limits: HTTPLimits) { self.limits = limits }

    /// Takes one line, with or without its line end; true when it ends the head of a final answer.
    mutating func take(_ line: [UInt8]) throws(WebClientError) -> Bool {
        let text = Self.trimmed(line[...])
        byteCount += line.count
        if !isHandedOn, text.starts(with: "HTTP/".utf8) {
            try begin(text)
            byteCount = line.count
            return false
        }
        guard byteCount <= limits.headByteCount else { throw .headTooLarge }
        guard text.isEmpty else {
            try takeField(line, text)
            return false
        }
        return try finish()
    }

    private mutating func begin(_ line: ArraySlice<UInt8>) throws(WebClientError) {
        let digits = line.split(separator: 0x20, maxSplits: 2).dropFirst().first ?? []
        let text = String(decoding: digits, as: UTF8.self)
        guard digits.count == 3, let code = Int(text), let status = HTTPStatus(code: code) else {
            throw .invalidAnswer("the status is not three digits")
        }
        guard status != .switchingProtocols else { throw .invalidAnswer("101, which nobody asked for") }
        if status.isInformational { interimCount += 1 }
        guard interimCount <= 8 else { throw .invalidAnswer("more than 8 interim answers") }
        self.status = status
        fields.removeAll()
        isWhole = false
    }

    private mutating func takeField(_ line: [UInt8], _ text: ArraySlice<UInt8>) throws(WebClientError) {
        guard let colon = text.firstIndex(of: 0x3a), line.first != 0x20, line.first != 0x09,
            let name = HTTPFieldName(String(decoding: text[..<colon], as: UTF8.self))
        else { throw .invalidAnswer("a field without a proper name") }
        let value = Self.trimmed(text[(colon + 1)...])
        if isHandedOn { trailers.append(name, bytes: value) } else { fields.append(name, bytes: value) }
        guard max(fields.count, trailers.count) <= limits.fieldCount else { throw .headTooLarge }
    }

    private mutating func finish() throws(WebClientError) -> Bool {
        guard !isHandedOn, !status.isInformational else { return false }
        try checkFraming()
        byteCount = 0
        isWhole = true
        return true
    }

    private func checkFraming() throws(WebClientError) {
        let lengths = fields.values(of: .contentLength)
        let codings = fields.values(of: .transferEncoding)
        guard lengths.isEmpty || codings.isEmpty else {
            throw .invalidAnswer("both Content-Length and Transfer-Encoding")
        }
        guard lengths.count <= 1, lengths.allSatisfy(Self.isLength) else {
            throw .invalidAnswer("Content-Length is not one number")
        }
        let isChunked = codings.allSatisfy { String(decoding: $0, as: UTF8.self).lowercased() == "chunked" }
        guard codings.count <= 1, isChunked else {
            throw .invalidAnswer("a Transfer-Encoding other than chunked")
        }
    }

    private static func isLength(_ value: ArraySlice<UInt8>) -> Bool {
        (1...18).contains(value.count) && value.allSatisfy { $0 &- 0x30 < 10 }
    }

    /// What `Content-Length` tells; nil without one.
    var contentLength: Int? { fields[.contentLength].flatMap { Int($0) } }

    /// Whether it may be a step of a redirect rather than the answer (RFC 9110 §15.4).
    var isRedirect: Bool {
        (300...399).contains(status.code) && status != .notModified && fields.contains(.location)
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return bytes[first...last]
    }
}
