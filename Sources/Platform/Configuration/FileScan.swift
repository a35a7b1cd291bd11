/// Reads the file's tree: a path of member names is a key, what stands there is its value.
struct FileScan {
    private(set) var found: [GivenValue] = []
    private(set) var mistakes: [ConfigurationMistake] = []
    private let known: KnownNames
    private let fileName: String
    private var seen: Set<String> = []

    init(_ tree: ConfigurationTree?, _ fileName: String, _ known: KnownNames) {
        self.known = known
        self.fileName = fileName
        switch tree {
        case nil: break
        case .object(let members): read(members, path: [])
        default: mistakes.append(ConfigurationMistake(fileName, rule: "must be one object of settings"))
        }
    }

    private mutating func read(_ members: [ConfigurationTree.Member], path: [String]) {
        for member in members { read(member.value, path: path + [member.name]) }
    }

    private mutating func read(_ value: ConfigurationTree, path: [String]) {
        let key = path.joined(separator: ".")
        // Inside of a known key nothing can be known: an object there is the wrong value.
        if case .object(let members) = value, known[key] == nil, !members.isEmpty, path.count < 8 {
            return read(members, path: path)
        }
        guard let entry = known[key] else { return report(key, "no such key", known.nearest(to: key)) }
        guard seen.insert(key).inserted else { return report(key, "given twice") }
        guard let raw = value.raw else {
            return report(key, "must be \(entry.traits.rule), not \(value.kind)")
        }
        found.append(
            GivenValue(
                setting: entry.setting,
                source: .file(key: key, name: fileName),
                raw: raw,
                isFileReference: entry.isFileReference
            )
        )
    }

    private mutating func report(_ key: String, _ rule: String, _ suggestion: String? = nil) {
        let source = ConfigurationSource.file(key: key, name: fileName)
        mistakes.append(ConfigurationMistake(source.description, rule: rule, suggestion: suggestion))
    }
}

extension ConfigurationTree {
    /// The text of a scalar, or of a list of scalars; nil for all else.
    fileprivate var raw: RawValue? {
        guard case .list(let elements) = self else { return scalar.map { .text($0) } }
        let texts = elements.compactMap(\.scalar)
        return texts.count == elements.count ? .list(texts) : nil
    }

    private var scalar: String? {
        switch self {
        case .text(let text), .number(let text): text
        case .boolean(let value): String(value)
        case .object, .list, .null: nil
        }
    }

    fileprivate var kind: String {
        switch self {
        case .object: "an object"
        case .list: "such a list"
        case .null: "null"
        case .text, .number, .boolean: "this"
        }
    }
}
