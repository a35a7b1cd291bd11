/// What a setting takes: how its text is read, how it is shown, and the rule in words.
public struct ValueFormat<Value: Sendable>: Sendable {
    /// Completes "must be": `a whole number from 0 to 65535`.
    public let rule: String
    let isSecret: Bool
    let standsAlone: Bool
    let countsPresence: Bool
    let parse: @Sendable (RawValue) -> Value?
    let show: @Sendable (Value) -> String

    /// Makes a format of one's own.
    ///
    /// - Parameters:
    ///   - rule: completes "must be".
    ///   - parse: reads the text; nil when it breaks the rule.
    ///   - show: what ``parse`` would read as the same value.
    public init(
        rule: String,
        parse: @escaping @Sendable (String) -> Value?,
        show: @escaping @Sendable (Value) -> String
    ) {
        self.init(
            rule: rule,
            parseRaw: { raw in
                guard case .text(let text) = raw else { return nil }
                return parse(text)
            },
            show: show
        )
    }

    init(
        rule: String,
        isSecret: Bool = false,
        standsAlone: Bool = false,
        countsPresence: Bool = false,
        parseRaw: @escaping @Sendable (RawValue) -> Value?,
        show: @escaping @Sendable (Value) -> String
    ) {
        self.rule = rule
        self.isSecret = isSecret
        self.standsAlone = standsAlone
        self.countsPresence = countsPresence
        parse = parseRaw
        self.show = show
    }
}
