/// The labels of one series, with their text made once.
public struct LabelSet: Sendable, Hashable {
    /// The label whose value is `true` in the series that stands for all those beyond the limit.
    public static let overflowName = "overflow"
    /// The longest value, in bytes; what is longer is cut at a character.
    public static let valueByteLimit = 256

    /// The values in the order of the declared names; empty for the series of the overflow.
    public let values: [String]
    /// `a="x",b="y"`: escaped, without braces.
    let text: [UInt8]

    /// The series that takes what is beyond the limit.
    static let overflow = LabelSet(names: [overflowName], values: ["true"])

    /// Joins names and values, of which there are as many.
    init(names: [String], values: [String]) {
        self.values = values
        var text: [UInt8] = []
        for (name, value) in zip(names, values) {
            if !text.isEmpty { text.append(UInt8(ascii: ",")) }
            text.append(contentsOf: name.utf8)
            text.append(contentsOf: "=\"".utf8)
            ExpositionText.appendEscaped(value, quotes: true, to: &text)
            text.append(UInt8(ascii: "\""))
        }
        self.text = text
    }

    /// The value, cut to ``valueByteLimit`` bytes.
    static func bounded(_ value: String) -> String {
        guard value.utf8.count > valueByteLimit else { return value }
        var cut = ""
        var size = 0
        for scalar in value.unicodeScalars {
            size += UTF8.width(scalar)
            guard size <= valueByteLimit else { break }
            cut.unicodeScalars.append(scalar)
        }
        return cut
    }
}
