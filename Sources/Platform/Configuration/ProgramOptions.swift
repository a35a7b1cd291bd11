/// What every program takes, beside the settings of its parts.
struct ProgramOptions: ConfigurationPart {
    var config: String?
    var help = false
    var printConfig = false

    static let title = "Program"
    static let settings: [Setting<Self>] = [
        Setting("config", \.config, .optional(.text()), help: "The JSON file to read settings from."),
        Setting("help", \.help, .boolean, help: "Prints this text and ends; -h does too."),
        Setting("print-config", \.printConfig, .boolean, help: "Prints each value with its source and ends."),
    ]
}
