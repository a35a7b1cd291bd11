import Configuration
import JSON

extension ConfigurationTree {
    /// What a JSON text holds, for a configuration's file.
    init(_ value: JSONValue) {
        self =
            switch value {
            case .null: .null
            case .bool(let value): .boolean(value)
            case .number(let number): .number(number.description)
            case .string(let text): .text(text)
            case .array(let elements): .list(elements.map { ConfigurationTree($0) })
            case .object(let object):
                .object(object.members.map { Member($0.key, ConfigurationTree($0.value)) })
            }
    }
}
