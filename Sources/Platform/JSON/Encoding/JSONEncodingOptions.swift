/// How values are written.
public struct JSONEncodingOptions: Sendable, Hashable {
    /// Whether the members of each object are sorted by their keys' UTF-8. Default false: in the order in which they
    /// are encoded, which for synthesised code is that of the declarations.
    public var sortsKeys = false
    /// Whether it is written for people: a line for each member, two spaces a level. Default false: no white space.
    public var isPretty = false

    /// Takes the defaults.
    public init(sortsKeys: Bool = false, isPretty: Bool = false) {
        self.sortsKeys = sortsKeys
        self.isPretty = isPretty
    }
}
