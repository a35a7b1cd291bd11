import Secrets

/// One thing that is wrong with the configuration.
public struct ConfigurationMistake: Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, as it was given: `--server-port`, `VIGIE_SERVER_PORT`, `server.port in app.json`.
    public let name: String
    /// The value, shortened, with control characters escaped; `***` for a secret; nil where it is of no use or unknown
    /// names could give a secret away.
    public let value: String?
    /// What is wrong, or what must be.
    public let rule: String
    /// The known name that is nearest to an unknown one.
    public let suggestion: String?

    init(_ name: String, value: String? = nil, rule: String, suggestion: String? = nil) {
        self.name = Excerpt.escaped(name, limit: 120)
        self.value = value
        self.rule = rule
        self.suggestion = suggestion
    }

    init(_ source: ConfigurationSource, raw: RawValue, breaks traits: SettingTraits) {
        let value =
            traits.isSecret ? Secret.mask : Excerpt.escaped(Excerpt.masked(raw.joined), limit: 60)
        self.init(source.description, value: value, rule: "must be \(traits.rule)")
    }

    /// One line that says what to change.
    public var description: String {
        let subject = value.map { "\(name) = \($0)" } ?? name
        let hint = suggestion.map { "; did you mean \($0)?" } ?? ""
        return "\(subject): \(rule)\(hint)"
    }
}
