extension HTTPFields {
    /// Lends each value under `name`, in order, without the white space around it and without copying.
    public func forEachValue(of name: HTTPFieldName, _ body: (Span<UInt8>) -> Void) {
        for index in lines.indices where isLine(index, named: name) {
            body(bytes.span.extracting(lines[index].valueRange))
        }
    }
}
