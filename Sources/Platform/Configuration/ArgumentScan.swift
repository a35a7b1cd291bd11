import Secrets

/// Reads arguments: `--flag value`, `--flag=value`, and `--flag` alone where that means `true`.
struct ArgumentScan {
    private(set) var found: [GivenValue] = []
    private(set) var mistakes: [ConfigurationMistake] = []
    private let known: KnownNames
    private var seen: Set<String> = []

    init(_ arguments: [String], _ known: KnownNames) {
        self.known = known
        var index = 0
        while index < arguments.count {
            let next = index + 1 < arguments.count ? arguments[index + 1] : nil
            index += read(arguments[index], next, position: index + 1)
        }
    }

    /// Returns how many arguments were used up: 1 or 2.
    private mutating func read(_ argument: String, _ next: String?, position: Int) -> Int {
        guard Self.isFlag(argument) else {
            // It is not shown: it may be a secret behind a misspelt flag.
            report("argument \(position)", rule: "is not a flag; flags begin with --")
            return 1
        }
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
            String($0)
        }
        let flag = parts[0] == "-h" ? "--help" : parts[0]
        let detached = next.flatMap { Self.isFlag($0) ? nil : $0 }
        guard let entry = known[flag] else {
            report(flag, rule: "no such flag", suggestion: known.nearest(to: flag))
            return parts.count == 1 && detached != nil ? 2 : 1
        }
        if parts.count == 2 {
            take(flag, entry, parts[1])
        } else if entry.traits.standsAlone {
            take(flag, entry, "true")
        } else if let detached {
            take(flag, entry, detached)
            return 2
        } else {
            report(flag, rule: "needs a value: \(entry.traits.rule)")
        }
        return 1
    }

    private static func isFlag(_ argument: String) -> Bool { argument.hasPrefix("--") || argument == "-h" }

    private mutating func take(_ flag: String, _ entry: KnownNames.Entry, _ text: String) {
        guard !entry.traits.isSecret || entry.isFileReference else {
            let name = entry.traits.name
            let rule = "other users can see flags: use \(name.environment) or \(name.fileReference.flag)"
            return report(flag, value: Secret.mask, rule: rule)
        }
        guard seen.insert(flag).inserted else { return report(flag, rule: "given twice") }
        found.append(
            GivenValue(
                setting: entry.setting,
                source: .argument(flag),
                raw: .text(text),
                isFileReference: entry.isFileReference
            )
        )
    }

    private mutating func report(
        _ name: String,
        value: String? = nil,
        rule: String,
        suggestion: String? = nil
    ) {
        mistakes.append(ConfigurationMistake(name, value: value, rule: rule, suggestion: suggestion))
    }
}
