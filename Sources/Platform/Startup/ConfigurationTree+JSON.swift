package import Configuration
import FoundationEssentials
import JSON

extension ConfigurationTree {
    /// Reads a configuration's file.
    ///
    /// - Throws: ``ConfigurationFileError`` for a file that can't be read or is no JSON.
    package init(file path: String) throws(ConfigurationFileError) {
        let bytes: [UInt8]
        do { bytes = Array(try Data(contentsOf: URL(filePath: path))) } catch {
            throw ConfigurationFileError(
                "\(path): can't be read; does the file exist, and may this user read it?"
            )
        }
        do { self.init(try JSONText.decode(JSONValue.self, from: bytes)) } catch {
            throw ConfigurationFileError("\(path): \(error)")
        }
    }

    /// What a JSON text holds.
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
