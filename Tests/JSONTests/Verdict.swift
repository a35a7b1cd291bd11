@testable import JSON

/// What the parser makes of a text.
enum Verdict {
    /// The whole text as a value.
    static func value(_ text: String) throws(JSONError) -> JSONValue { try value(Array(text.utf8)) }

    static func value(_ bytes: [UInt8], _ limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        try JSONText.decode(JSONValue.self, from: bytes, limits: limits)
    }

    /// The error of a text; nil when it is accepted.
    static func error(_ bytes: [UInt8], _ limits: JSONLimits = JSONLimits()) -> JSONError? {
        do throws(JSONError) {
            _ = try value(bytes, limits)
            return nil
        } catch {
            return error
        }
    }

    /// A value's text.
    static func text(
        _ value: some Encodable,
        _ options: JSONEncodingOptions = JSONEncodingOptions()
    ) throws -> String {
        String(decoding: try JSONText.encode(value, options), as: UTF8.self)
    }
}
