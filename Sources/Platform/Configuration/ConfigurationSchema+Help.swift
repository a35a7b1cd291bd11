extension ConfigurationSchema {
    /// What `--help` prints: every setting with its rule, default and names.
    public var help: String {
        let usage = """
            Usage: \(program) [--flag VALUE]...

            Flags win over the environment, that over the file, that over the defaults.
            """
        return ([usage] + parts.map { $0.help }).joined(separator: "\n\n")
    }
}

extension ConfigurationPart {
    fileprivate static var help: String {
        let standard = Self()
        return ([title] + settings.map { $0.help(in: standard) }).joined(separator: "\n")
    }
}

extension Setting {
    fileprivate func help(in standard: Part) -> String {
        let flag = traits.isSecret ? traits.name.fileReference.flag : traits.name.flag
        let variables =
            traits.isSecret
            ? "\(traits.name.environment), \(traits.name.fileReference.environment)" : traits.name.environment
        let value = show(standard)
        return """
              \(flag)
                  \(traits.help)
                  Takes \(traits.rule). \(traits.isRequired ? "Required" : "Default: \(value.isEmpty ? "empty" : value)").
                  Environment: \(variables). File: \(traits.name.key).
            """
    }
}
