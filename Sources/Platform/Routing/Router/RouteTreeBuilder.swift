/// Grows a ``RouteTree`` path by path, at start.
package struct RouteTreeBuilder {
    /// Two paths that no request could tell apart name their parameter differently.
    package struct NameConflict: Error {
        package let names: [String]
    }

    /// A node while the tree grows.
    private final class Node {
        var label: [UInt8]
        var children: [Node] = []
        var parameter: (name: String, node: Node)?
        var rest: (name: String, resource: Int)?
        var resource: Int?

        init(_ label: [UInt8]) { self.label = label }
    }

    private let root = Node([])
    private var resourceCount = 0

    /// Begins without a path.
    package init() {}

    /// Adds a path, or finds it.
    ///
    /// - Returns: the number of its resource, counted from 0: the same for the same path.
    package mutating func insert(_ pattern: PathPattern) throws(NameConflict) -> Int {
        var conflict: NameConflict?
        let resource = insert(pattern) { known, new in
            if known != new { conflict = conflict ?? NameConflict(names: [known, new]) }
        }
        if let conflict { throw conflict }
        return resource
    }

    /// The same where parameters of the same place may have several names, as those of several authors have.
    package mutating func insertUnnamed(_ pattern: PathPattern) -> Int { insert(pattern) { _, _ in } }

    /// Tells `meet` of each parameter by which name it is known, and which one it has here.
    private mutating func insert(
        _ pattern: PathPattern,
        _ meet: (_ known: String, _ new: String) -> Void
    ) -> Int {
        var node = root
        for piece in pattern.pieces {
            switch piece {
            case .literal(let bytes): node = Self.descend(from: node, bytes[...])
            case .parameter(let name):
                let parameter = node.parameter ?? (name, Node([]))
                meet(parameter.name, name)
                node.parameter = parameter
                node = parameter.node
            case .rest(let name):
                let rest = node.rest ?? (name, nextResource())
                meet(rest.name, name)
                node.rest = rest
                return rest.resource
            }
        }
        let resource = node.resource ?? nextResource()
        node.resource = resource
        return resource
    }

    private mutating func nextResource() -> Int {
        defer { resourceCount += 1 }
        return resourceCount
    }

    /// The node at the end of literal bytes; labels are split where they part.
    private static func descend(from node: Node, _ bytes: ArraySlice<UInt8>) -> Node {
        guard let first = bytes.first else { return node }
        guard let index = node.children.firstIndex(where: { $0.label.first == first }) else {
            let child = Node(Array(bytes))
            node.children.append(child)
            return child
        }
        let child = node.children[index]
        let common = zip(child.label, bytes).prefix { $0 == $1 }.count
        guard common < child.label.count else { return descend(from: child, bytes.dropFirst(common)) }
        let upper = Node(Array(child.label[..<common]))
        child.label.removeFirst(common)
        upper.children = [child]
        node.children[index] = upper
        return descend(from: upper, bytes.dropFirst(common))
    }

    /// The tree, flat.
    ///
    /// - Parameter takesEmptyRests: whether `/files/{rest...}` is also the path of `/files/`, with nothing for a rest.
    /// - Returns: the tree of all paths that were added.
    package func build(takesEmptyRests: Bool = false) -> RouteTree {
        var nodes = [RouteTree.Node()]
        var labels: [UInt8] = []
        var waiting = [(root, 0)]
        while let (source, number) = waiting.popLast() {
            var node = RouteTree.Node()
            node.labelStart = UInt32(labels.count)
            node.labelCount = UInt32(source.label.count)
            labels += source.label
            node.firstChild = UInt32(nodes.count)
            node.childCount = UInt32(source.children.count)
            waiting += source.children.enumerated().map { ($1, nodes.count + $0) }
            nodes += source.children.map { _ in RouteTree.Node() }
            if let parameter = source.parameter {
                node.parameter = Int32(nodes.count)
                waiting.append((parameter.node, nodes.count))
                nodes.append(RouteTree.Node())
            }
            node.rest = Int32(source.rest?.resource ?? -1)
            node.resource = Int32(source.resource ?? -1)
            nodes[number] = node
        }
        return RouteTree(nodes: nodes, labels: labels, takesEmptyRests: takesEmptyRests)
    }
}
