import Documents
import HTTP
import Reactor
import Routing

extension Redirect {
    /// Reads `{"to": "https://example.com/new/{id}", "status": 308}`.
    static func read(_ reader: inout ObjectReader, _ path: PathPattern) -> Redirect? {
        let status = reader.integer("status", 300...399) ?? 308
        if ![301, 302, 303, 307, 308].contains(status) {
            reader.mistakes.note(reader.place(of: "status"), "must be 301, 302, 303, 307 or 308")
        }
        guard let to = reader.requiredText("to", atMost: 2048) else { return nil }
        var origin = ""
        var template = to[...]
        for scheme in ["https://", "http://"] where to.hasPrefix(scheme) {
            let end = to.dropFirst(scheme.count).firstIndex(of: "/") ?? to.endIndex
            (origin, template) = (String(to[..<end]), to[end...])
        }
        do throws(PathRewrite.Mistake) {
            let path = try PathRewrite.template(template.isEmpty ? "/" : String(template), for: path)
            return Redirect(origin: origin, path: path, status: HTTPStatus(integerLiteral: UInt16(status)))
        } catch {
            reader.mistakes.note(reader.place(of: "to"), error.text)
            return nil
        }
    }
}
