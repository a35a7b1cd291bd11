/// A text that has been checked as a whole, and the places of its values: what the decoders read from.
///
/// It takes the text's bytes (shared, not copied) and 8 bytes for each value and key.
final class JSONDocument {
    let bytes: [UInt8]
    let nodes: [JSONNode]
    /// For each depth, the key that was found last there: fields are mostly asked for in the text's order.
    private var hints: [Int]
    /// What has been found wrong where problems are collected.
    var collected: [JSONFieldProblem] = []

    /// How many documents without fields stand around this one, see ``emptied()``.
    private var emptyDepth = 0

    /// Reads the whole text.
    init(_ bytes: [UInt8], limits: JSONLimits) throws(JSONError) {
        self.bytes = bytes
        var depth = 0
        nodes = try Self.read(bytes, limits, depth: &depth)
        hints = [Int](repeating: 0, count: depth + 1)
    }

    private static func read(
        _ bytes: [UInt8],
        _ limits: JSONLimits,
        depth: inout Int
    ) throws(JSONError) -> [JSONNode] {
        var reader = JSONReader(limits: limits)
        var nodes: [JSONNode] = []
        var open: [Int] = []
        if bytes.count <= limits.byteCount { nodes.reserveCapacity(valueBound(bytes.span)) }
        while let token = try reader.next(bytes.span) {
            let offset = reader.tokenOffset
            switch token {
            case .beginObject, .beginArray:
                open.append(nodes.count)
                depth = max(depth, open.count)
                nodes.append(JSONNode(containerAt: offset))
            case .endObject, .endArray: nodes[open.removeLast()].extent = UInt32(nodes.count)
            case .key(let lexeme), .string(let lexeme), .number(let lexeme):
                nodes.append(JSONNode(scalarAt: offset, lexeme))
            case .bool, .null: nodes.append(JSONNode(scalarAt: offset, JSONLexeme(offset..<offset)))
            }
        }
        return nodes
    }

    /// No text has more values and keys than this. Where it is far too high, what is reserved is never touched.
    private static func valueBound(_ bytes: Span<UInt8>) -> Int {
        var count = 1
        for index in bytes.indices {
            let byte = bytes[index]
            let separates =
                byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") || byte | 0x20 == UInt8(ascii: "{")
            count &+= separates ? 1 : 0
        }
        return count
    }

    // MARK: Nodes

    @inline(__always) func kind(_ node: Int) -> JSONKind { JSONKind(bytes[Int(nodes[node].offset)]) }

    /// The node behind a value and all that is in it.
    @inline(__always) func after(_ node: Int) -> Int {
        switch kind(node) {
        case .object, .array: nodes[node].end
        case .string, .number, .bool, .null: node + 1
        }
    }

    /// The bytes of a number, or of a string without its quotes.
    @inline(__always) func lexeme(_ node: Int) -> JSONLexeme {
        let start = Int(nodes[node].offset) + (kind(node) == .string ? 1 : 0)
        return JSONLexeme(start..<start + nodes[node].length, hasEscapes: nodes[node].hasEscapes)
    }

    func text(_ node: Int) -> String {
        let bytes = self.bytes
        let span = bytes.span
        return lexeme(node).text(in: span)
    }

    /// Lends the bytes of a number, or of a string without its quotes.
    @inline(__always) func withBytes<Value>(_ node: Int, _ body: (Span<UInt8>) -> Value) -> Value {
        let bytes = self.bytes
        let span = bytes.span
        return body(span.extracting(lexeme(node).range))
    }

    /// The value of `name` in an object; nil when it is missing.
    func member(_ name: String, of object: Int, depth: Int) -> Int? {
        let end = nodes[object].end
        guard end > object + 1 else { return nil }
        let hint = hints[depth]
        // A hint of this depth that lies within the object is one of its keys.
        let first = hint > object && hint < end ? hint : object + 1
        var key = first
        repeat {
            if matches(key, name) {
                hints[depth] = key
                return key + 1
            }
            key = after(key + 1)
            if key == end { key = object + 1 }
        } while key != first
        return nil
    }

    @inline(__always) private func matches(_ key: Int, _ name: String) -> Bool {
        let node = nodes[key]
        guard !node.hasEscapes else { return text(key).utf8.elementsEqual(name.utf8) }
        let expected = name.utf8.span
        guard node.length == expected.count else { return false }
        let bytes = self.bytes
        let span = bytes.span
        let start = Int(node.offset) + 1
        return JSONString.areEqual(span.extracting(start..<start + expected.count), expected)
    }

    /// The elements of an array, or the keys of an object, in the text's order.
    func elements(of container: Int) -> [Int] {
        let isObject = kind(container) == .object
        var elements: [Int] = []
        var element = container + 1
        while element < nodes[container].end {
            elements.append(element)
            element = after(isObject ? element + 1 : element)
        }
        return elements
    }

    /// The keys of an object in the text's order.
    func keys(of object: Int) -> [String] { elements(of: object).map(text) }

    /// Where a value stands. It is searched from the top: paths cost nothing until somebody asks.
    func path(to target: Int) -> JSONPath {
        var components: [JSONPath.Component] = []
        var container = 0
        while container != target {
            let isObject = kind(container) == .object
            var (index, child) = (0, container + 1)
            while after(isObject ? child + 1 : child) <= target {
                (index, child) = (index + 1, after(isObject ? child + 1 : child))
            }
            components.append(isObject ? .key(bounding: text(child)) : .index(index))
            container = isObject ? child + 1 : child
        }
        return JSONPath(components)
    }

    /// A document without fields, of which a type's stand-in is decoded; nil where that goes too deep.
    func emptied() -> JSONDocument? {
        guard emptyDepth < 8, let empty = try? JSONDocument(Array("{}".utf8), limits: JSONLimits()) else {
            return nil
        }
        empty.emptyDepth = emptyDepth + 1
        return empty
    }
}
