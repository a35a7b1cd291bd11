import Configuration
package import JSON

/// Reads a JSON object key by key and notes what is wrong: a missing or bad value, and at the end each key that nobody
/// asked for, with the nearest known one.
package struct ObjectReader {
    /// Where the object stands in its document: `routes[2].cors`.
    package let place: String
    /// Where mistakes are noted.
    package let mistakes: Mistakes
    private let object: JSONObject
    private var known: [String] = []

    /// Takes a value; one that is no object is noted, and read as an empty one.
    package init(_ value: JSONValue, at place: String, _ mistakes: Mistakes) {
        self.place = place
        self.mistakes = mistakes
        if case .object(let object) = value {
            self.object = object
        } else {
            object = JSONObject()
            mistakes.note(place.isEmpty ? "the document" : place, "must be an object")
        }
    }

    /// The place of a key.
    package func place(of key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

    /// Whether the object has a key.
    package func has(_ key: String) -> Bool { object[key] != nil }

    /// A key's value as it is; nil without it, and for `null`.
    package mutating func raw(_ key: String) -> JSONValue? {
        known.append(key)
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    /// A key's value by a rule in words that completes "must be"; nil without it, and where it breaks the rule.
    package mutating func value<Value>(
        _ key: String,
        _ rule: String,
        _ parse: (JSONValue) -> Value?
    ) -> Value? {
        guard let raw = raw(key) else { return nil }
        if let value = parse(raw) { return value }
        mistakes.note(place(of: key), "must be \(rule)")
        return nil
    }

    /// A text of 1 to `limit` bytes.
    package mutating func text(_ key: String, atMost limit: Int = 256) -> String? {
        value(key, "a text of 1 to \(limit) bytes") { value in
            value.string.flatMap { (1...limit).contains($0.utf8.count) ? $0 : nil }
        }
    }

    /// A text that must be there.
    package mutating func requiredText(_ key: String, atMost limit: Int = 256) -> String? {
        let hasKey = object[key] != nil
        let text = text(key, atMost: limit)
        if !hasKey { mistakes.note(place(of: key), "is missing") }
        return text
    }

    /// `true` or `false`; false without it.
    package mutating func flag(_ key: String) -> Bool { value(key, "true or false") { $0.bool } ?? false }

    /// A whole number within a range.
    package mutating func integer(_ key: String, _ range: ClosedRange<Int>) -> Int? {
        value(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") { value in
            value.number.flatMap { Int($0.description) }.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A number within a range.
    package mutating func number(_ key: String, _ range: ClosedRange<Double>) -> Double? {
        value(key, "a number from \(range.lowerBound) to \(range.upperBound)") { value in
            value.number.flatMap { Double($0.description) }.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A time such as `250ms`, `5s` or `1m30s` within a range.
    package mutating func duration(_ key: String, _ range: ClosedRange<Duration>) -> Duration? {
        let (least, most) = (DurationText.show(range.lowerBound), DurationText.show(range.upperBound))
        return value(key, "a time from \(least) to \(most), such as \"250ms\" or \"1m30s\"") { value in
            value.string.flatMap { DurationText.parse($0) }.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A number of bytes, as a number or as `64KiB` or `10MiB`, within a range.
    package mutating func byteCount(_ key: String, _ range: ClosedRange<Int>) -> Int? {
        let (least, most) = (ByteCountText.show(range.lowerBound), ByteCountText.show(range.upperBound))
        return value(key, "a number of bytes from \(least) to \(most), such as \"10MiB\"") { value in
            let count =
                value.number.map { Int($0.description) } ?? value.string.map { ByteCountText.parse($0) }
                ?? nil
            return count.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// Texts, each of 1 to 256 bytes; empty without the key.
    package mutating func texts(_ key: String, atMost limit: Int = 64) -> [String] {
        value(key, "a list of at most \(limit) texts") { value in
            guard case .array(let elements) = value, elements.count <= limit else { return nil }
            let texts = elements.compactMap(\.string).filter { (1...256).contains($0.utf8.count) }
            return texts.count == elements.count ? texts : nil
        } ?? []
    }

    /// Reads the object under a key.
    package mutating func object<Value>(_ key: String, _ read: (inout ObjectReader) -> Value?) -> Value? {
        guard let raw = raw(key) else { return nil }
        return Self.read(raw, at: place(of: key), mistakes, read)
    }

    /// Reads each object of the list under a key; what can't be read is left out, and noted.
    package mutating func objects<Value>(
        _ key: String,
        atMost limit: Int,
        _ read: (inout ObjectReader) -> Value?
    ) -> [Value] {
        guard let raw = raw(key) else { return [] }
        guard case .array(let elements) = raw, elements.count <= limit else {
            mistakes.note(place(of: key), "must be a list of at most \(limit) objects")
            return []
        }
        return elements.enumerated().compactMap { number, element in
            Self.read(element, at: "\(place(of: key))[\(number)]", mistakes, read)
        }
    }

    /// Reads each member of the object under a key, by its name.
    package mutating func members<Value>(
        _ key: String,
        _ read: (_ name: String, inout ObjectReader) -> Value?
    ) -> [(name: String, value: Value)] {
        guard let raw = raw(key) else { return [] }
        guard case .object(let object) = raw else {
            mistakes.note(place(of: key), "must be an object")
            return []
        }
        return object.members.compactMap { member in
            let value = Self.read(member.value, at: "\(place(of: key)).\(member.key)", mistakes) {
                read(member.key, &$0)
            }
            return value.map { (member.key, $0) }
        }
    }

    /// Notes something about the object as a whole.
    package func note(_ text: String) { mistakes.note(place, text) }

    /// Notes the keys that nobody asked for.
    package func finish() {
        for member in object.members where !known.contains(member.key) {
            let near = NearestName.find(member.key, among: known).map { ", did you mean `\($0)`?" } ?? ""
            mistakes.note(place(of: member.key), "there is no such key\(near)")
        }
    }

    private static func read<Value>(
        _ value: JSONValue,
        at place: String,
        _ mistakes: Mistakes,
        _ read: (inout ObjectReader) -> Value?
    ) -> Value? {
        var reader = ObjectReader(value, at: place, mistakes)
        let result = read(&reader)
        reader.finish()
        return result
    }
}
