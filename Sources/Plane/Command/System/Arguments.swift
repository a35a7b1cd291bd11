/// What stands behind a subcommand: names, flags and options with values.
struct Arguments {
    /// What can't be understood.
    struct Mistake: Error, CustomStringConvertible { let description: String }

    private(set) var names: [String] = []
    private var flags: Set<String> = []
    private var values: [String: String] = [:]

    /// Reads them.
    ///
    /// - Parameters:
    ///   - texts: what was given.
    ///   - flags: those that stand alone, `--detach`.
    ///   - options: those with a value behind them or behind `=`, `--format json`.
    ///   - count: how many names there may be.
    /// - Throws: ``Mistake``.
    init(
        _ texts: [String],
        flags: Set<String> = [],
        options: Set<String> = [],
        names count: ClosedRange<Int>
    ) throws {
        var rest = texts[...]
        while let text = rest.popFirst() {
            guard text.hasPrefix("-") else {
                names.append(text)
                continue
            }
            let pieces = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init
            )
            if flags.contains(text) {
                self.flags.insert(text)
            } else if options.contains(pieces[0]) {
                guard let value = pieces.count == 2 ? pieces[1] : rest.popFirst() else {
                    throw Mistake(description: "\(text) wants a value")
                }
                values[pieces[0]] = value
            } else {
                throw Mistake(description: "unknown option \(text)")
            }
        }
        guard count.contains(names.count) else {
            let problem =
                names.count < count.lowerBound ? "something is missing" : "too much: \(names.last ?? "")"
            throw Mistake(description: problem)
        }
    }

    func has(_ flag: String) -> Bool { flags.contains(flag) }
    func value(_ option: String) -> String? { values[option] }

    /// Whether JSON is wanted.
    ///
    /// - Throws: ``Mistake`` for a form that there isn't.
    func isJSON() throws -> Bool {
        switch values["--format"] {
        case nil, "text": false
        case "json": true
        case let other?: throw Mistake(description: "--format is text or json, not \(other)")
        }
    }
}
