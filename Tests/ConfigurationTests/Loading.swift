@testable import Configuration

/// What a program would get.
struct NoValues: Error { let text: String }

/// Loads one part; throws ``ConfigurationError`` as a program would see it.
func load<Part: ConfigurationPart>(
    _ part: Part.Type,
    _ arguments: [String] = [],
    environment: [String: String] = [:],
    file: ConfigurationTree? = nil,
    files: [String: String] = [:]
) throws -> Part {
    let schema = ConfigurationSchema(program: "sample", parts: [part])
    switch try schema.load(from: sources(arguments, environment, file, files)) {
    case .run(let configuration): return configuration[part]
    case .show(let text): throw NoValues(text: text)
    }
}

/// What is printed instead of running; the mistakes when there are any, nil when the program would run.
func shown(
    _ parts: [any ConfigurationPart.Type],
    _ arguments: [String] = [],
    environment: [String: String] = [:],
    file: ConfigurationTree? = nil,
    files: [String: String] = [:]
) -> String? {
    let schema = ConfigurationSchema(program: "sample", parts: parts)
    do throws(ConfigurationError) {
        guard case .show(let text) = try schema.load(from: sources(arguments, environment, file, files))
        else {
            return nil
        }
        return text
    } catch {
        return error.description
    }
}

private struct NoFile: Error {}

private func sources(
    _ arguments: [String],
    _ environment: [String: String],
    _ file: ConfigurationTree?,
    _ files: [String: String]
) -> ConfigurationSources {
    ConfigurationSources(
        arguments: arguments,
        environment: environment,
        file: file,
        fileName: "app.json",
        readFile: { path in
            guard let text = files[path] else { throw NoFile() }
            return text
        }
    )
}

extension ConfigurationTree: ExpressibleByDictionaryLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
    init(dictionaryLiteral members: (String, ConfigurationTree)...) {
        self = .object(members.map { Member($0.0, $0.1) })
    }
    init(stringLiteral text: String) { self = .text(text) }
    init(integerLiteral number: Int) { self = .number(String(number)) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
    init(arrayLiteral elements: ConfigurationTree...) { self = .list(elements) }
}
