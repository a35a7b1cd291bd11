/// A declared route, by its place: an index into ``Router/names``, for tables made at start.
public struct RouteID: Sendable, Hashable {
    /// From 0, in the order of the declaration.
    public let index: Int
}
