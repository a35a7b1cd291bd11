/// Reads part after part out of the sources and collects what is wrong.
struct ConfigurationReader {
    private(set) var mistakes: [ConfigurationMistake]
    /// A line for each setting that was read: key, value, source.
    private var lines: [String] = []
    /// The values for each setting, the strongest source first.
    private let given: [Int: [GivenValue]]
    private let readFile: @Sendable (String) throws -> String
    /// The place of the next part's first setting.
    private var offset = 0

    init(_ schema: ConfigurationSchema, _ sources: ConfigurationSources) {
        let arguments = ArgumentScan(sources.arguments, schema.flags)
        let environment = EnvironmentScan(sources.environment, schema.variables)
        let file = FileScan(sources.file, sources.fileName, schema.keys)
        given = Dictionary(grouping: arguments.found + environment.found + file.found, by: \.setting)
        mistakes = arguments.mistakes + environment.mistakes + file.mistakes
        readFile = sources.readFile
    }

    /// The values in force, as `--print-config` shows them.
    var effective: String { lines.joined(separator: "\n") }

    /// Reads the next part; the parts must come in the order of the schema.
    mutating func read<Part: ConfigurationPart>(_ type: Part.Type) -> Part {
        let mistakesBefore = mistakes.count
        var part = Part()
        for setting in Part.settings {
            let source = read(setting, given[offset] ?? [], into: &part)
            let value = Excerpt.escaped(Excerpt.masked(setting.show(part)))
            lines.append("\(setting.traits.name.key) = \(value)  (\(source))")
            offset += 1
        }
        if mistakes.count == mistakesBefore {
            mistakes += part.contradictions().map { ConfigurationMistake(Part.title, rule: $0) }
        }
        return part
    }

    /// Assigns all values, the weakest first: the strongest stays, and each has been checked. Returns its source.
    private mutating func read<Part>(
        _ setting: Setting<Part>,
        _ values: [GivenValue],
        into part: inout Part
    ) -> ConfigurationSource {
        var source = ConfigurationSource.standard
        for value in values.reversed() {
            if value.source.isPeer(of: source) { reportBoth(value.source, source) }
            source = value.source
            guard let raw = resolve(value) else { continue }
            if !setting.assign(&part, raw) {
                mistakes.append(ConfigurationMistake(source, raw: raw, breaks: setting.traits))
            }
        }
        if values.isEmpty, setting.traits.isRequired {
            let rule = "must be set, by \(setting.traits.ways): \(setting.traits.rule)"
            mistakes.append(ConfigurationMistake(setting.traits.name.key, rule: rule))
        }
        return source
    }

    private mutating func reportBoth(_ one: ConfigurationSource, _ other: ConfigurationSource) {
        mistakes.append(ConfigurationMistake("\(one) and \(other)", rule: "set one of the two, not both"))
    }

    /// The value itself, read from its file where it is named by one; nil when that failed, which is reported.
    private mutating func resolve(_ value: GivenValue) -> RawValue? {
        guard value.isFileReference else { return value.raw }
        let path = value.raw.joined
        guard var text = try? readFile(path) else {
            mistakes.append(
                ConfigurationMistake(
                    value.source.description,
                    value: Excerpt.escaped(path, limit: 120),
                    rule: "the file can't be read as text; does it exist, and may this user read it?"
                )
            )
            return nil
        }
        if text.last?.isNewline == true { text.removeLast() }
        return .text(text)
    }
}
