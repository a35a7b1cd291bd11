/// All settings of a program, declared by its parts: reads them, explains them, prints them.
///
/// ```swift
/// let schema = ConfigurationSchema(program: "hello", parts: [ServerOptions.self, DatabaseOptions.self])
/// switch try schema.load(from: sources) {
/// case .show(let text): print(text)
/// case .run(let configuration): try run(configuration[ServerOptions.self])
/// }
/// ```
public struct ConfigurationSchema: Sendable {
    let program: String
    let parts: [any ConfigurationPart.Type]
    let flags: KnownNames
    let variables: KnownNames
    let keys: KnownNames
    let settings: [SettingTraits]

    /// Declares a program's settings.
    ///
    /// - Parameters:
    ///   - program: its name, for `--help`.
    ///   - parts: the parts, in the order of `--help`.
    public init(program: String, parts: [any ConfigurationPart.Type]) {
        self.program = program
        self.parts = [ProgramOptions.self] + parts
        settings = self.parts.flatMap { $0.traits }
        flags = KnownNames(settings, \.flag)
        variables = KnownNames(settings, \.environment)
        keys = KnownNames(settings, \.key)
    }

    /// The JSON file that arguments or environment name (`--config`, `VIGIE_CONFIG`), nil when they name none. To be
    /// read and parsed before ``load(from:)``.
    public func filePath(arguments: [String], environment: [String: String]) -> String? {
        var reader = ConfigurationReader(
            self,
            ConfigurationSources(arguments: arguments, environment: environment)
        )
        return reader.read(ProgramOptions.self).config
    }

    /// Reads all settings; a stronger source overrides a weaker one, though each value must keep its rule.
    ///
    /// - Throws: ``ConfigurationError`` with all mistakes, unless help is asked for.
    public func load(from sources: ConfigurationSources) throws(ConfigurationError) -> ConfigurationOutcome {
        var reader = ConfigurationReader(self, sources)
        let options = reader.read(ProgramOptions.self)
        if options.help { return .show(help) }
        var loaded: [ObjectIdentifier: any ConfigurationPart] = [:]
        for part in parts.dropFirst() { loaded[ObjectIdentifier(part)] = reader.read(part) }
        let mistakes = declarationMistakes + reader.mistakes
        guard mistakes.isEmpty else { throw ConfigurationError(mistakes: mistakes) }
        return options.printConfig ? .show(reader.effective) : .run(LoadedConfiguration(loaded))
    }

    /// Mistakes of the authors of parts: reported as those of users are.
    private var declarationMistakes: [ConfigurationMistake] {
        let repeated = flags.repeated + variables.repeated + keys.repeated
        return repeated.map { ConfigurationMistake($0, rule: "declared by two settings") }
            + settings.filter { !$0.name.isWellFormed }.map {
                ConfigurationMistake($0.name.key, rule: "a key is words of a-z and 0-9, parted by . or -")
            }
    }
}

extension ConfigurationPart {
    static var traits: [SettingTraits] { settings.map(\.traits) }
}
