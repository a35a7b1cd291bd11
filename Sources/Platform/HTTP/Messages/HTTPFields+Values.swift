extension HTTPFields {
    /// The value of the one field under `name`; nil without it, and where there are several.
    package func onlyValue(of name: HTTPFieldName) -> ArraySlice<UInt8>? {
        guard let index = firstIndex(of: name),
            !lines.indices.dropFirst(index + 1).contains(where: { isLine($0, named: name) })
        else { return nil }
        return bytes[lines[index].valueRange]
    }

    /// Lends each value under `name`, in order, without the white space around it and without copying.
    public func forEachValue(of name: HTTPFieldName, _ body: (Span<UInt8>) -> Void) {
        for index in lines.indices where isLine(index, named: name) {
            body(bytes.span.extracting(lines[index].valueRange))
        }
    }
}
