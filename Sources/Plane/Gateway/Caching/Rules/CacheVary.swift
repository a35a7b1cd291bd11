import HTTP

/// The request's fields that an answer depends on (RFC 9111 §4.1).
struct CacheVary: Sendable, Equatable {
    /// The names, in lower case, each once, in order.
    let names: [HTTPFieldName]

    /// Reads `Vary`; nil for `*`, and for a member that is no name: such an answer suits no other request.
    init?(_ fields: HTTPFields) {
        var names: [HTTPFieldName] = []
        for value in fields.values(of: .vary) {
            for member in String(decoding: value, as: UTF8.self).split(separator: ",") {
                let text = member.filter { $0 != " " && $0 != "\t" }
                if text.isEmpty { continue }
                guard text != "*", let name = HTTPFieldName(text) else { return nil }
                if !names.contains(name) { names.append(name) }
            }
        }
        self.names = names.sorted { $0.name < $1.name }
    }

    /// What a request says under these names, as bytes to compare: equal for equal values alone, since no value holds the
    /// bytes 0–2.
    func selection(_ fields: HTTPFields) -> [UInt8] {
        guard !names.isEmpty else { return [] }
        var bytes: [UInt8] = []
        for name in names {
            for value in fields.values(of: name) {
                bytes.append(1)
                bytes.append(contentsOf: value)
            }
            // A field without a value and a missing one differ.
            bytes.append(2)
        }
        return bytes
    }
}
