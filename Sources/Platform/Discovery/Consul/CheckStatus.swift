/// The state of a check, or of an instance by all its checks; the worse, the greater.
public enum CheckStatus: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// It works.
    case passing
    /// It works, but something is wrong.
    case warning
    /// It doesn't work.
    case critical
    /// An operator took it out.
    case maintenance

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// Whether `left` is better than `right`.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}
