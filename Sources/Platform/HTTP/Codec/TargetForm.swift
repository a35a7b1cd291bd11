/// Request targets: their bytes, and the one canonical form of a path (RFC 9112 §3.2, RFC 3986 §5.2.4 and §6.2.2).
enum TargetForm {
    /// Whether `%` at `index` is followed by two hex digits that are not `00`.
    static func isEscape(_ span: Span<UInt8>, at index: Int, before end: Int) -> Bool {
        guard index + 2 < end, let high = ByteClass.hexDigit(span[index + 1]),
            let low = ByteClass.hexDigit(span[index + 2])
        else { return false }
        return high | low != 0
    }

    /// Whether a path and query are in canonical form already, as nearly all are: no `%` in the path and no segment that
    /// begins with a dot.
    static func isCanonical(_ span: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var previous = UInt8(ascii: "/")
        for index in range {
            let byte = span[index]
            if byte == UInt8(ascii: "?") { return true }
            if byte == UInt8(ascii: "%") || byte == UInt8(ascii: ".") && previous == UInt8(ascii: "/") {
                return false
            }
            previous = byte
        }
        return true
    }

    /// Writes a valid path and query in canonical form: escaped unreserved bytes plain, other escapes in upper case, dot
    /// segments removed. An escaped slash stays an escape: it is data, never a separator. The query stays as it is.
    static func canonicalize(_ span: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound, span[index] != UInt8(ascii: "?") {
            index += appendNormalized(span, at: index, to: &decoded)
        }
        var result = removeDotSegments(decoded)
        while index < range.upperBound {
            result.append(span[index])
            index += 1
        }
        return result
    }

    private static func appendNormalized(_ span: Span<UInt8>, at index: Int, to path: inout [UInt8]) -> Int {
        guard span[index] == UInt8(ascii: "%"), let high = ByteClass.hexDigit(span[index + 1]),
            let low = ByteClass.hexDigit(span[index + 2])
        else {
            path.append(span[index])
            return 1
        }
        let byte = high << 4 | low
        if ByteClass.isUnreserved(byte) { path.append(byte) } else { appendEscape(of: byte, to: &path) }
        return 3
    }

    private static func appendEscape(of byte: UInt8, to bytes: inout [UInt8]) {
        let digits: StaticString = "0123456789ABCDEF"
        bytes.append(UInt8(ascii: "%"))
        // A nibble is below 16, the literal's count.
        bytes.append(unsafe digits.utf8Start[Int(byte >> 4)])
        bytes.append(unsafe digits.utf8Start[Int(byte & 15)])
    }

    /// RFC 3986 §5.2.4 for an absolute path: `.` goes, `..` takes the segment before it along, the root stays.
    private static func removeDotSegments(_ path: [UInt8]) -> [UInt8] {
        var segments: [ArraySlice<UInt8>] = []
        let parts = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (number, part) in parts.enumerated() {
            let isLast = number == parts.count - 1
            if part.elementsEqual(".".utf8) {
                if isLast { segments.append([]) }
            } else if part.elementsEqual("..".utf8) {
                segments = segments.dropLast()
                if isLast { segments.append([]) }
            } else {
                segments.append(part)
            }
        }
        return [UInt8(ascii: "/")] + segments.joined(separator: [UInt8(ascii: "/")])
    }

    /// Percent-encodes what may not stand in a target, and writes an empty path as `/`, for targets that our own code
    /// writes.
    static func encode(_ target: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(target.count + 1)
        if target.first ?? UInt8(ascii: "?") == UInt8(ascii: "?") { bytes.append(UInt8(ascii: "/")) }
        for byte in target {
            if ByteClass.isTarget(byte) { bytes.append(byte) } else { appendEscape(of: byte, to: &bytes) }
        }
        return bytes
    }
}
