/// For who looks for several fields: one pass over the names instead of one for each.
extension HTTPFields {
    /// Calls `body` for each field in order with its index, name and value, lent for the call.
    @inlinable
    package func forEachField(_ body: (_ index: Int, _ name: Span<UInt8>, _ value: Span<UInt8>) -> Void) {
        let span = bytes.span
        for index in lines.indices {
            let line = lines[index]
            body(index, span.extracting(line.nameRange), span.extracting(line.valueRange))
        }
    }

    /// The value of the field at an index that ``forEachField(_:)`` gave.
    package func value(at index: Int) -> ArraySlice<UInt8> { bytes[lines[index].valueRange] }

    /// Whether a field's name is `text`, given in lower case.
    package static func isName(_ name: Span<UInt8>, _ text: StaticString) -> Bool {
        ByteScan.equals(name, 0..<name.count, text)
    }

    /// Whether a field's name, in any case, is `wanted`.
    package static func isName(_ name: Span<UInt8>, of wanted: HTTPFieldName) -> Bool {
        wanted.matches(name)
    }

    /// Adds all of `others` at the end, in one piece.
    package mutating func append(contentsOf others: HTTPFields) {
        let offset = UInt32(bytes.count)
        // Spans: a closure that held the arrays would count them.
        let (theirBytes, theirLines) = (others.bytes.span, others.lines.span)
        bytes.append(addingCapacity: theirBytes.count) { $0.append(theirBytes, 0..<theirBytes.count) }
        lines.append(addingCapacity: theirLines.count) { out in
            for index in theirLines.indices {
                var line = theirLines[index]
                line.name += offset
                line.value += offset
                out.append(line)
            }
        }
    }

    /// A copy with room for more, so that adding to it copies nothing again.
    package func copied(addingBytes byteCount: Int, fields fieldCount: Int) -> HTTPFields {
        var copy = HTTPFields()
        copy.bytes.reserveCapacity(bytes.count + byteCount)
        copy.bytes.append(contentsOf: bytes)
        copy.lines.reserveCapacity(lines.count + fieldCount)
        copy.lines.append(contentsOf: lines)
        return copy
    }
}
