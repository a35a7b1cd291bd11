/// A value of a document that is to be decoded.
struct JSONPlace {
    let document: JSONDocument
    private let index: Int32
    private let level: Int16
    /// Whether problems are collected here: everything from the top down to here may be given stand-ins.
    let isCollecting: Bool

    init(_ document: JSONDocument, node: Int, depth: Int, isCollecting: Bool = false) {
        self.document = document
        // Texts are shorter than 2³¹ bytes and nested less than 513 deep.
        index = Int32(truncatingIfNeeded: node)
        level = Int16(truncatingIfNeeded: depth)
        self.isCollecting = isCollecting
    }

    var node: Int { Int(index) }
    /// The number of arrays and objects around it.
    var depth: Int { Int(level) }

    /// A value inside this one.
    func child(_ node: Int) -> JSONPlace {
        JSONPlace(document, node: node, depth: depth + 1, isCollecting: isCollecting)
    }

    /// The same value where problems are collected, or not.
    func collecting(_ isCollecting: Bool) -> JSONPlace {
        JSONPlace(document, node: node, depth: depth, isCollecting: isCollecting)
    }

    var kind: JSONKind { document.kind(node) }
    var path: JSONPath { document.path(to: node) }

    /// What is wrong with this value.
    func problem(_ reason: JSONReason, expected: String) -> JSONError {
        JSONError(
            JSONFieldProblem(
                path: path,
                reason: reason,
                expected: expected,
                offset: Int(document.nodes[node].offset)
            )
        )
    }

    /// What is wrong with this object: `key` is missing.
    func missing(_ key: any CodingKey, expected: String) -> JSONError {
        JSONError(
            JSONFieldProblem(
                path: path.appending(JSONPath.Component(key)),
                reason: .missingKey,
                expected: expected,
                offset: Int(document.nodes[node].offset)
            )
        )
    }
}
