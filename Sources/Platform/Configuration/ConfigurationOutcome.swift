/// What a program should do now.
public enum ConfigurationOutcome: Sendable {
    /// Run with these values.
    case run(LoadedConfiguration)
    /// Print this text (`--help` or `--print-config`) and end with 0. It holds no secret.
    case show(String)
}
