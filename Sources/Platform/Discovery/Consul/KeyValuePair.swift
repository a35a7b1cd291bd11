/// A key and its value in Consul's store.
public struct KeyValuePair: Sendable, Decodable {
    /// The key.
    public let key: String
    /// The value's bytes.
    public let value: [UInt8]
    /// The caller's own number.
    public let flags: UInt64
    /// The session that holds its lock; nil for none.
    public let session: String?
    /// When it was made.
    public let createIndex: UInt64
    /// When it was last changed.
    public let modifyIndex: UInt64

    private enum CodingKeys: String, CodingKey {
        case key = "Key"
        case value = "Value"
        case flags = "Flags"
        case session = "Session"
        case createIndex = "CreateIndex"
        case modifyIndex = "ModifyIndex"
    }

    /// Reads what Consul says; the value is base64, or null when it is empty.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        key = try fields.decode(String.self, forKey: .key)
        value = try fields.decodeIfPresent([UInt8].self, forKey: .value) ?? []
        flags = try fields.decodeIfPresent(UInt64.self, forKey: .flags) ?? 0
        session = try fields.decodeIfPresent(String.self, forKey: .session)
        createIndex = try fields.decodeIfPresent(UInt64.self, forKey: .createIndex) ?? 0
        modifyIndex = try fields.decodeIfPresent(UInt64.self, forKey: .modifyIndex) ?? 0
    }
}
