/// A media type with its parameters (RFC 9110 §8.3.1): `multipart/form-data; boundary="x"`.
struct MediaType: Equatable {
    /// Type and subtype in lower case.
    let name: String
    /// The parameters, names in lower case, values without quotes.
    let parameters: [String: String]

    /// Whether it is JSON or built on it (RFC 6839 §3.1).
    var isJSON: Bool {
        name == "application/json" || name.hasPrefix("application/") && name.hasSuffix("+json")
    }

    /// Reads a `Content-Type`; nil when it is malformed or names a parameter twice.
    init?(parsing text: String) {
        var reader = ParameterReader(text)
        guard let name = reader.head(), name.utf8.count(where: { $0 == UInt8(ascii: "/") }) == 1,
            !name.hasPrefix("/"), !name.hasSuffix("/"), let parameters = reader.parameters()
        else { return nil }
        self.name = name.lowercased()
        self.parameters = parameters
    }
}
