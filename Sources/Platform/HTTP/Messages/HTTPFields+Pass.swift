/// For who looks for several fields: one pass over the names instead of one for each.
extension HTTPFields {
    /// Calls `body` for each field in order with its index, name and value, lent for the call.
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
}
