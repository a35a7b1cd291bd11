/// An object that carries the index of the write that made it and of the last that changed it.
protocol Indexed: Equatable {
    var createIndex: UInt64 { get set }
    var modifyIndex: UInt64 { get set }
}

extension Indexed {
    /// Whether both hold the same, whatever their indexes: storing it again would change nothing.
    func hasContent(of other: Self) -> Bool {
        var copy = self
        copy.createIndex = other.createIndex
        copy.modifyIndex = other.modifyIndex
        return copy == other
    }
}
