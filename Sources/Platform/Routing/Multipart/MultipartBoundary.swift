import HTTP

/// The boundary that a content type names (RFC 2046 §5.1.1).
struct MultipartBoundary: Sendable {
    /// CRLF, two hyphens and the boundary: what ends a part.
    let delimiter: [UInt8]

    /// Takes a boundary; nil when it is none: 1–70 of its characters, the last no space.
    init?(_ text: String) {
        guard (1...70).contains(text.utf8.count), text.utf8.last != UInt8(ascii: " "),
            text.utf8.allSatisfy(Self.isBoundary)
        else { return nil }
        delimiter = Array("\r\n--\(text)".utf8)
    }

    /// Reads a request's.
    ///
    /// - Throws: 415 for another content type, 400 without a boundary.
    init(of head: HTTPRequestHead) throws(Problem) {
        let type = head.fields[.contentType].flatMap(MediaType.init(parsing:))
        guard let type, type.name == "multipart/form-data" else {
            throw Problem(
                .unsupportedMediaType,
                detail: "the content must be multipart/form-data",
                reason: "content_type",
                fields: ["accept": "multipart/form-data"]
            )
        }
        guard let text = type.parameters["boundary"], let boundary = Self(text) else {
            throw MultipartError.boundary.problem
        }
        self = boundary
    }

    private static func isBoundary(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "'()+_,-./:=? ".utf8.contains(byte)
        }
    }
}
