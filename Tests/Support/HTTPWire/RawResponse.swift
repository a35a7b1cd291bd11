/// An answer as it stood on the wire, taken apart by the plainest means.
package struct RawResponse: Sendable {
    /// An answer that is none.
    package struct Malformed: Error { package let text: String }

    package let version: String
    package let status: Int
    /// Names in lower case.
    package let fields: [(name: String, value: String)]
    package var body: [UInt8] = []
    package var trailers: [(name: String, value: String)] = []

    /// The first value under `name`, given in lower case.
    package subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    package func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    package var text: String { String(decoding: body, as: UTF8.self) }
    package var closes: Bool { self["connection"] == "close" }

    /// Takes a head without its empty line apart.
    package init(head: [UInt8]) throws {
        let lines = String(decoding: head, as: UTF8.self).split(
            separator: "\r\n",
            omittingEmptySubsequences: false
        )
        let start = lines[0].split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard start.count == 3, start[0].hasPrefix("HTTP/1."), start[1].count == 3, let status = Int(start[1])
        else {
            throw Malformed(text: String(lines[0]))
        }
        version = String(start[0])
        self.status = status
        fields = try Self.fields(lines.dropFirst())
    }

    package static func fields(_ lines: some Sequence<Substring>) throws -> [(name: String, value: String)] {
        try lines.map { line in
            guard let colon = line.firstIndex(of: ":") else { throw Malformed(text: String(line)) }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (line[..<colon].lowercased(), String(value))
        }
    }
}
