/// One setting of a part: its names, its rule, and where its value goes.
public struct Setting<Part: Sendable>: Sendable {
    let traits: SettingTraits
    /// Sets the value; false when it breaks the rule.
    let assign: @Sendable (inout Part, RawValue) -> Bool
    /// The value as a user would write it.
    let show: @Sendable (Part) -> String

    /// Declares a setting. The default is what the property holds in `Part()`.
    ///
    /// - Parameters:
    ///   - key: groups parted by `.`, words by `-`, lower case: `server.idle-timeout`. The flag is then
    ///     `--server-idle-timeout`, the variable `VIGIE_SERVER_IDLE_TIMEOUT`.
    ///   - path: the property.
    ///   - format: what it takes.
    ///   - environment: the variable's name where its owner is somebody else, as `PGHOST`; such a variable counts as
    ///     unset when it is empty.
    ///   - isRequired: whether the program can't start without a value from outside.
    ///   - help: one sentence: what it does, what is special.
    public init<Value>(
        _ key: String,
        _ path: any WritableKeyPath<Part, Value> & Sendable,
        _ format: ValueFormat<Value>,
        environment: String? = nil,
        isRequired: Bool = false,
        help: String
    ) {
        traits = SettingTraits(
            name: SettingName(key: key, environment: environment),
            help: help,
            rule: format.rule,
            isSecret: format.isSecret,
            standsAlone: format.standsAlone,
            countsPresence: format.countsPresence,
            isRequired: isRequired
        )
        assign = { part, raw in
            guard let value = format.parse(raw) else { return false }
            part[keyPath: path] = value
            return true
        }
        show = { format.show($0[keyPath: path]) }
    }
}
