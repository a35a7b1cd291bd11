/// What is known of a setting without its part's type.
struct SettingTraits: Sendable {
    let name: SettingName
    let help: String
    /// Follows "must be".
    let rule: String
    let isSecret: Bool
    /// Whether its flag means `true` without a value.
    let standsAlone: Bool
    /// Whether its variable means `true` whatever it holds.
    let countsPresence: Bool
    let isRequired: Bool

    /// How to set it, for messages.
    var ways: String {
        let flag = isSecret ? name.fileReference.flag : name.flag
        return "\(flag), \(name.environment), or \(name.key) in the file"
    }
}
