/// Reads the environment: the names that are declared, and each `VIGIE_` name that is not.
struct EnvironmentScan {
    private(set) var found: [GivenValue] = []
    private(set) var mistakes: [ConfigurationMistake] = []

    init(_ environment: [String: String], _ known: KnownNames) {
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            if let entry = known[name] {
                // Who owns the name says what empty means: OpenTelemetry, PostgreSQL and no-color.org say "unset".
                if value.isEmpty, entry.traits.name.isForeign { continue }
                found.append(
                    GivenValue(
                        setting: entry.setting,
                        source: .environment(name),
                        raw: .text(entry.traits.countsPresence ? "true" : value),
                        isFileReference: entry.isFileReference
                    )
                )
            } else if name.hasPrefix(SettingName.environmentPrefix) {
                let nearest = known.nearest(to: name)
                mistakes.append(ConfigurationMistake(name, rule: "no such variable", suggestion: nearest))
            }
        }
    }
}
