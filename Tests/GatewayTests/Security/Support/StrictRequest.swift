/// A request taken apart by the letter of RFC 9112, with no leniency and none of the code that is tested: what is not
/// exactly one well-formed message throws.
struct StrictRequest: Sendable {
    /// What is wrong with a message.
    struct Malformed: Error, Equatable { let text: String }

    let method: String
    let target: String
    /// Names in lower case.
    let fields: [(name: String, value: String)]
    var content: [UInt8] = []
    var trailers: [(name: String, value: String)] = []

    /// The value of the only field under `name`, given in lower case; nil for none and for several.
    subscript(name: String) -> String? {
        let values = values(name)
        return values.count == 1 ? values[0] : nil
    }

    func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// Takes the lines of a head, without their ends, apart.
    init(lines: [[UInt8]]) throws(Malformed) {
        let start = String(decoding: lines[0], as: UTF8.self)
        let parts = start.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2] == "HTTP/1.1" else { throw Malformed(text: "start line \(start)") }
        method = String(parts[0])
        target = String(parts[1])
        guard Self.isToken(parts[0].utf8), parts[0] == parts[0].uppercased() else {
            throw Malformed(text: "method \(start)")
        }
        guard target == "*" || Self.isOriginForm(target) else { throw Malformed(text: "target \(start)") }
        fields = try Self.fields(lines.dropFirst())
        try checkFields()
    }

    /// Takes field lines apart.
    static func fields(_ lines: some Sequence<[UInt8]>) throws(Malformed) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        for line in lines {
            let text = String(decoding: line, as: UTF8.self)
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), isToken(line[..<colon]) else {
                throw Malformed(text: "field \(text)")
            }
            let value = line[(colon + 1)...]
            guard value.allSatisfy({ $0 == 9 || $0 >= 32 && $0 != 127 }) else {
                throw Malformed(text: "value \(text)")
            }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            guard !name.contains("_") else { throw Malformed(text: "name \(text)") }
            let isBlank = { (byte: UInt8) in byte == 32 || byte == 9 }
            let trimmed = value.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
            fields.append((name, String(decoding: Array(trimmed), as: UTF8.self)))
        }
        return fields
    }

    /// How long the content is; nil for chunks.
    var length: Int? {
        values("transfer-encoding").isEmpty ? values("content-length").first.flatMap { Int($0) } ?? 0 : nil
    }

    private func checkFields() throws(Malformed) {
        guard values("host").count == 1 else { throw Malformed(text: "Host \(values("host"))") }
        let (lengths, codings) = (values("content-length"), values("transfer-encoding"))
        guard lengths.count + codings.count <= 1 else {
            throw Malformed(text: "framing \(lengths) \(codings)")
        }
        if let length = lengths.first {
            guard !length.isEmpty, length.utf8.count < 19, length.utf8.allSatisfy({ (48...57).contains($0) })
            else {
                throw Malformed(text: "length \(length)")
            }
        }
        if let coding = codings.first, coding != "chunked" { throw Malformed(text: "coding \(coding)") }
        for name in ["te", "keep-alive", "proxy-connection", "trailer", "expect", "upgrade"]
        where !values(name).isEmpty {
            throw Malformed(text: "\(name) goes no further than one hop")
        }
        guard values("connection").allSatisfy({ $0 == "close" || $0 == "keep-alive" }) else {
            throw Malformed(text: "Connection \(values("connection"))")
        }
    }

    private static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
        let marks = Array("!#$%&'*+-.^_`|~".utf8)
        return !bytes.isEmpty
            && bytes.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte & 0xDF) && byte < 128
                    || marks.contains(byte)
            }
    }

    /// A path in its one canonical form, and a query (RFC 3986 §3.3, §3.4, §6.2.2).
    private static func isOriginForm(_ target: String) -> Bool {
        let bytes = Array(target.utf8)
        let refused = Array("#\\ \"<>".utf8)
        guard bytes.first == 47, bytes.allSatisfy({ (33...126).contains($0) && !refused.contains($0) }) else {
            return false
        }
        for index in bytes.indices where bytes[index] == 37 {
            guard index + 2 < bytes.count,
                Int(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16) ?? 0 > 0
            else { return false }
        }
        let path = target.prefix { $0 != "?" }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        return segments.allSatisfy { $0 != "." && $0 != ".." }
    }
}
