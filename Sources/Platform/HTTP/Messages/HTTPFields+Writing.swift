/// For values that are made of numbers: written where they stay, without a `String` or an array on the way.
extension HTTPFields {
    /// Adds a field at the end whose value `write` writes, into room for `byteCount` bytes; bytes that may not stand in a
    /// value become spaces. `isSafe` says that `write` writes none of those, as of digits: then nobody looks.
    package mutating func append(
        _ name: HTTPFieldName,
        upTo byteCount: Int,
        isSafe: Bool = false,
        _ write: (inout OutputSpan<UInt8>) -> Void
    ) {
        let start = bytes.count
        bytes.append(addingCapacity: name.lineStart.count + byteCount + 2) { out in
            out.append(bytes: name.lineStart)
            write(&out)
            out.append("\r\n")
        }
        if !isSafe { cleanValue(from: start + name.lineStart.count) }
        addLine(from: start, nameCount: name.byteCount)
    }
}
