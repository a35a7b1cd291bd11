/// What an `Accept` or `Accept-Encoding` field names, with parameters and weights (RFC 9110 §12.4.2, §12.5).
///
/// What is malformed is passed over: a scraper that asks badly still gets an answer.
struct AcceptedValues {
    private struct Element {
        let name: String
        let parameters: [String: String]
        let quality: Double
    }
    private let elements: [Element]

    init(_ field: String) { elements = field.split(separator: ",").compactMap(Self.element) }

    /// The weight of the first of `names` that is listed, 0–1; 0 when none is.
    ///
    /// The names go from the most to the least specific. `matches` tells whether an element's parameters fit; of several
    /// elements that do, the one wanted most counts.
    func quality(of names: [String], matches: ([String: String]) -> Bool = { _ in true }) -> Double {
        for name in names {
            let fitting = elements.filter { $0.name == name && matches($0.parameters) }
            if let best = fitting.map(\.quality).max() { return best }
        }
        return 0
    }

    private static func element(_ text: Substring) -> Element? {
        let parts = text.split(separator: ";").map(trimmed)
        guard let name = parts.first else { return nil }
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map(trimmed)
            guard pair.count == 2 else { return nil }
            parameters[pair[0].lowercased()] = String(pair[1].filter { $0 != "\"" })
        }
        let weight = parameters.removeValue(forKey: "q") ?? "1"
        guard let quality = Double(weight), (0...1).contains(quality) else { return nil }
        return Element(name: name.lowercased(), parameters: parameters, quality: quality)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        var rest = text.drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return rest
    }
}
