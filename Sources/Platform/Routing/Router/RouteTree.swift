/// All paths as one compressed radix tree, flat in four arrays.
///
/// A path is looked up by one walk over its bytes, which makes nothing on the heap. Literal bytes come before a
/// parameter, a parameter before the rest of a path; where the better branch ends in nothing, the next one is tried.
/// A parameter takes a whole segment, so that each node is visited at most once.
package struct RouteTree: Sendable {
    struct Node: Sendable, Equatable {
        var labelStart: UInt32 = 0
        var labelCount: UInt32 = 0
        /// The first of its literal children, which stand together.
        var firstChild: UInt32 = 0
        var childCount: UInt32 = 0
        /// The node behind a parameter; -1 without one.
        var parameter: Int32 = -1
        /// The resource of a path whose rest is taken whole; -1 without one.
        var rest: Int32 = -1
        /// The resource of a path that ends here; -1 without one.
        var resource: Int32 = -1
    }

    private let nodes: [Node]
    /// The first byte of each node's label: children are told apart by it.
    private let firstBytes: [UInt8]
    private let labels: [UInt8]
    private let takesEmptyRests: Bool

    init(nodes: [Node], labels: [UInt8], takesEmptyRests: Bool) {
        self.nodes = nodes
        self.labels = labels
        self.takesEmptyRests = takesEmptyRests
        firstBytes = nodes.map { $0.labelCount > 0 ? labels[Int($0.labelStart)] : 0 }
    }

    /// Finds the resource of a canonical path.
    ///
    /// - Parameters:
    ///   - path: a target's bytes, percent-encoded.
    ///   - end: where the path ends in them.
    ///   - captures: where the parameters stand, when there is a resource.
    ///   - accepts: whether a resource will do; where it won't, the next best is looked for.
    /// - Returns: the resource's number; nil without one.
    package func find(
        _ path: Span<UInt8>,
        end: Int,
        _ captures: inout PathCaptures,
        where accepts: (Int) -> Bool = { _ in true }
    ) -> Int? {
        let found = walk(from: 0, path, 0, end, &captures, accepts)
        return found < 0 ? nil : found
    }

    private func walk(
        from number: Int,
        _ path: Span<UInt8>,
        _ start: Int,
        _ end: Int,
        _ captures: inout PathCaptures,
        _ accepts: (Int) -> Bool
    ) -> Int {
        let node = nodes[number]
        guard let position = skip(node, path, start, end) else { return -1 }
        guard position < end else {
            if node.resource >= 0, accepts(Int(node.resource)) { return Int(node.resource) }
            return takesEmptyRests ? takeRest(of: node, end..<end, &captures, accepts) : -1
        }
        if let child = child(of: node, beginningWith: path[position]) {
            let found = walk(from: child, path, position, end, &captures, accepts)
            if found >= 0 { return found }
        }
        return capture(node, path, position, end, &captures, accepts)
    }

    /// Tries a node's parameter, then its rest.
    private func capture(
        _ node: Node,
        _ path: Span<UInt8>,
        _ position: Int,
        _ end: Int,
        _ captures: inout PathCaptures,
        _ accepts: (Int) -> Bool
    ) -> Int {
        if node.parameter >= 0 {
            var segmentEnd = position
            while segmentEnd < end, path[segmentEnd] != UInt8(ascii: "/") { segmentEnd += 1 }
            if segmentEnd > position {
                captures.append(position..<segmentEnd)
                let found = walk(from: Int(node.parameter), path, segmentEnd, end, &captures, accepts)
                if found >= 0 { return found }
                captures.removeLast()
            }
        }
        return takeRest(of: node, position..<end, &captures, accepts)
    }

    private func takeRest(
        of node: Node,
        _ range: Range<Int>,
        _ captures: inout PathCaptures,
        _ accepts: (Int) -> Bool
    ) -> Int {
        guard node.rest >= 0, accepts(Int(node.rest)) else { return -1 }
        captures.append(range)
        return Int(node.rest)
    }

    /// The position behind a node's label; nil when the path says something else.
    @inline(__always)
    private func skip(_ node: Node, _ path: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        let count = Int(node.labelCount)
        guard end - start >= count else { return nil }
        let first = Int(node.labelStart)
        for index in 0..<count where labels[first + index] != path[start + index] { return nil }
        return start + count
    }

    @inline(__always)
    private func child(of node: Node, beginningWith byte: UInt8) -> Int? {
        let first = Int(node.firstChild)
        for index in first..<(first + Int(node.childCount)) where firstBytes[index] == byte { return index }
        return nil
    }
}
