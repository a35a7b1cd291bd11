package import Configuration
package import Telemetry

/// What is logged, and how lines look.
package struct LogOptions: ConfigurationPart {
    enum Style: String, CaseIterable, Sendable {
        case auto, json, human
    }

    package var level = "info"
    var style = Style.auto
    var noColor = false

    package init() {}

    package static let title = "Logs"
    package static let settings: [Setting<Self>] = [
        Setting(
            "log.level",
            \.level,
            .text(
                rule:
                    "a level, and levels of modules, such as info,http=debug; levels are \(LogLevel.allCases)"
            ) {
                LogOptions.levels($0) != nil
            },
            help: "From which level on lines are written; a service takes others at /admin/log-level."
        ),
        Setting("log.style", \.style, .choice, help: "auto is human at a terminal, else json."),
        Setting(
            "log.no-color",
            \.noColor,
            .presence,
            environment: "NO_COLOR",
            help: "No colours (no-color.org)."
        ),
    ]

    /// The levels of a text; nil for one that is none.
    package static func levels(_ text: String) -> LogLevels? {
        var problems: [String] = []
        let levels = LogLevels(environment: ["VIGIE_LOG_LEVEL": text], problems: &problems)
        return problems.isEmpty ? levels : nil
    }

    /// How lines look on standard output.
    package var logStyle: LogStyle {
        switch style {
        case .json: .json
        case .human: .human(colored: !noColor)
        case .auto: .suited(environment: noColor ? ["NO_COLOR": "1"] : [:])
        }
    }
}
