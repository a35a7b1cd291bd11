extension ValueFormat {
    /// What is shown for a value that is not there.
    static var absent: String { "none" }

    /// A setting that need not have a value; without one it is nil.
    public static func optional<Wrapped>(_ format: ValueFormat<Wrapped>) -> ValueFormat
    where Value == Wrapped? {
        ValueFormat(
            rule: format.rule,
            isSecret: format.isSecret,
            standsAlone: format.standsAlone,
            countsPresence: format.countsPresence,
            // Two levels of optional: read, and there.
            parseRaw: { format.parse($0).map { .some($0) } },
            show: { $0.map(format.show) ?? absent }
        )
    }

    /// A list: parted by commas in flags and variables, an array in the file. White space around an element is dropped;
    /// an empty text is an empty list.
    ///
    /// - Parameters:
    ///   - format: what each element must be.
    ///   - limit: the most elements.
    /// - Returns: the format.
    public static func list<Element>(
        of format: ValueFormat<Element>,
        atMost limit: Int = 1_000
    ) -> ValueFormat
    where Value == [Element] {
        ValueFormat(
            rule: "a list of at most \(limit), parted by commas, each \(format.rule)",
            isSecret: format.isSecret,
            parseRaw: { raw in
                let elements = raw.elements
                guard elements.count <= limit else { return nil }
                let values = elements.compactMap { format.parse(.text($0)) }
                return values.count == elements.count ? values : nil
            },
            show: { $0.map(format.show).joined(separator: ",") }
        )
    }
}

extension RawValue {
    fileprivate var elements: [String] {
        switch self {
        case .list(let elements): elements
        case .text(let text) where text.allSatisfy(\.isWhitespace): []
        case .text(let text): text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed }
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
