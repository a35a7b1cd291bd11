/// For values that are made of numbers: written where they stay, without a `String` or an array on the way.
extension HTTPFields {
    /// Adds a field at the end whose value `write` writes, into room for `byteCount` bytes; bytes that may not stand in a
    /// value become spaces.
    package mutating func append(
        _ name: HTTPFieldName,
        upTo byteCount: Int,
        _ write: (inout OutputSpan<UInt8>) -> Void
    ) {
        let start = bytes.count
        let nameCount = name.name.utf8.count
        bytes.append(addingCapacity: nameCount + byteCount + 4) { out in
            out.append(utf8: name.name)
            out.append(": ")
            write(&out)
            out.append("\r\n")
        }
        let value = (start + nameCount + 2)..<(bytes.count - 2)
        for index in value where !ByteClass.isFieldValue(bytes[index]) { bytes[index] = UInt8(ascii: " ") }
        lines.append(
            Line(
                name: UInt32(start),
                nameCount: UInt32(nameCount),
                value: UInt32(value.lowerBound),
                valueCount: UInt32(value.count)
            )
        )
    }
}
