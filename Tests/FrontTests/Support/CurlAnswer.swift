import JSON
import Reactor
import TestSupport

/// What curl(1) got.
struct CurlAnswer: Sendable {
    let version: String
    let status: Int
    /// Names in lower case.
    let fields: [(name: String, value: String)]
    let content: [UInt8]

    /// The content as text.
    var text: String { String(decoding: content, as: UTF8.self) }
    /// The content as JSON.
    var json: JSONValue { get throws { try JSONText.decode(JSONValue.self, from: content) } }

    /// The first value of a field, named in lower case.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// All values of a field.
    func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// curl got no answer.
    struct None: Error {
        let exit: String
        let error: String
    }

    /// Runs curl; interim answers are passed over.
    static func of(_ arguments: [String], input: [UInt8]? = nil) async throws -> CurlAnswer {
        let result = try await Program.run(
            "curl",
            ["-sS", "-i", "--max-time", "30"] + arguments,
            input: input
        )
        guard result.exit == .exited(0) else { throw None(exit: "\(result.exit)", error: result.error) }
        var rest = result.output[...]
        while true {
            guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else {
                throw None(exit: "no head", error: result.text)
            }
            let answer = try CurlAnswer(
                String(decoding: rest[..<end.lowerBound], as: UTF8.self),
                Array(rest[end.upperBound...])
            )
            guard (100..<200).contains(answer.status), answer.status != 101 else { return answer }
            rest = rest[end.upperBound...]
        }
    }

    private init(_ head: String, _ content: [UInt8]) throws {
        let lines = head.split(separator: "\r\n")
        let start = lines[0].split(separator: " ")
        guard start.count >= 2, let status = Int(start[1]) else { throw None(exit: "no status", error: head) }
        (version, self.status, self.content) = (String(start[0]), status, content)
        fields = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon].lowercased(), String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
    }
}
