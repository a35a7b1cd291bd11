import HTTP

/// A part's header as it comes, line by line.
struct MultipartHeader: Sendable {
    private var fields = HTTPFields()
    private var byteCount = 0

    /// The next line without its end, empty for the one that ends the header; nil when it is not whole yet.
    mutating func takeLine(
        _ bytes: Span<UInt8>,
        from position: inout Int,
        _ limits: MultipartLimits
    ) throws(MultipartError) -> [UInt8]? {
        var end = position
        while end + 1 < bytes.count, bytes[end] != UInt8(ascii: "\r") || bytes[end + 1] != UInt8(ascii: "\n")
        {
            end += 1
        }
        guard byteCount + end - position <= limits.headerByteCount else { throw .headerTooLarge }
        guard end + 1 < bytes.count else { return nil }
        var line: [UInt8] = []
        for index in position..<end { line.append(bytes[index]) }
        byteCount += line.count
        position = end + 2
        return line
    }

    /// Adds a field line (RFC 9112 §5): no white space before the colon, no continuation, no control characters.
    mutating func add(_ line: [UInt8], _ limits: MultipartLimits) throws(MultipartError) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
            let name = HTTPFieldName(String(decoding: line[..<colon], as: UTF8.self)),
            line[colon...].allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
        else { throw .header }
        guard fields.count < limits.headerCount else { throw .headerTooLarge }
        let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
        fields.append(name, bytes: value)
    }

    /// What the fields say.
    func head() throws(MultipartError) -> MultipartHead {
        try checkEncoding()
        guard fields.values(of: "content-disposition").count == 1, let text = fields["content-disposition"]
        else { throw .disposition }
        var reader = ParameterReader(text)
        guard reader.head()?.lowercased() == "form-data", let parameters = reader.parameters(),
            let name = parameters["name"], !name.isEmpty, parameters["filename*"] == nil
        else { throw .disposition }
        return MultipartHead(
            name: Self.unescape(name),
            fileName: parameters["filename"].map { Self.sanitize(Self.unescape($0)) },
            contentType: fields[.contentType],
            fields: fields
        )
    }

    private func checkEncoding() throws(MultipartError) {
        let encoding = fields["content-transfer-encoding"]?.lowercased() ?? "binary"
        guard ["7bit", "8bit", "binary"].contains(encoding) else { throw .encoding }
        guard fields[.contentType]?.lowercased().hasPrefix("multipart/") != true else { throw .nested }
    }

    /// Browsers write quotation marks and line ends as escapes (WHATWG HTML §4.10.21.8).
    private static func unescape(_ text: String) -> String {
        guard text.contains("%") else { return text }
        var result = text[...]
        var plain = ""
        while let percent = result.firstIndex(of: "%") {
            plain += result[..<percent]
            result = result[percent...]
            let escapes = ["%22": "\"", "%0D": "\r", "%0A": "\n", "%0d": "\r", "%0a": "\n"]
            let escape = String(result.prefix(3))
            plain += escapes[escape] ?? "%"
            result = result.dropFirst(escapes[escape] == nil ? 1 : 3)
        }
        return plain + result
    }

    /// The last part of a path of any system, without control characters.
    private static func sanitize(_ name: String) -> String {
        let last = name.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }.last ?? ""
        var kept = String.UnicodeScalarView()
        var byteCount = 0
        for scalar in last.unicodeScalars where scalar.properties.generalCategory != .control {
            byteCount += UTF8.width(scalar)
            guard byteCount <= 255 else { break }
            kept.append(scalar)
        }
        let text = String(kept)
        return ["", ".", ".."].contains(text) ? "file" : text
    }
}
