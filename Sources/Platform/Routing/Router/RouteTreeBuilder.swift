/// Grows a ``RouteTree`` path by path, at start.
struct RouteTreeBuilder {
    /// Two paths that no request could tell apart name their parameter differently.
    struct NameConflict: Error {
        let names: [String]
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

    /// Adds a path, or finds it.
    ///
    /// - Returns: the number of its resource, counted from 0: the same for the same path.
    mutating func insert(_ pattern: PathPattern) throws(NameConflict) -> Int {
        var node = root
        for piece in pattern.pieces {
            switch piece {
            case .literal(let bytes): node = Self.descend(from: node, bytes[...])
            case .parameter(let name): node = try Self.parameter(of: node, name)
            case .rest(let name): return try rest(of: node, name)
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

    private mutating func rest(of node: Node, _ name: String) throws(NameConflict) -> Int {
        let rest = node.rest ?? (name, nextResource())
        guard rest.name == name else { throw NameConflict(names: [rest.name, name]) }
        node.rest = rest
        return rest.resource
    }

    private static func parameter(of node: Node, _ name: String) throws(NameConflict) -> Node {
        let parameter = node.parameter ?? (name, Node([]))
        guard parameter.name == name else { throw NameConflict(names: [parameter.name, name]) }
        node.parameter = parameter
        return parameter.node
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
    func build() -> RouteTree {
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
        return RouteTree(nodes: nodes, labels: labels)
    }
}
