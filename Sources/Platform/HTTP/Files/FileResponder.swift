public import Reactor

/// Serves the regular files below one folder: whole or in ranges, with validators, sent by the kernel (sendfile(2)).
///
/// A request's path is looked up below the folder and can't lead out of it, neither by `..` nor by a link. Hidden files
/// and folders, whose name begins with a dot (`.env`, `.git`), are not there for it, but for `.well-known` (RFC 8615).
public struct FileResponder: Sendable {
    private let root: String
    private let pool: BlockingPool
    private let cacheControl: String?

    /// - Parameters:
    ///   - root: the folder.
    ///   - pool: where files are opened.
    ///   - cacheControl: the value of `Cache-Control`; nil for none.
    public init(root: String, pool: BlockingPool, cacheControl: String? = nil) {
        self.root = root
        self.pool = pool
        self.cacheControl = cacheControl
    }

    /// Answers GET and HEAD for the file that `path` names below the folder.
    ///
    /// The path is percent-encoded, as in ``HTTPRequestHead/path``; by default it is the request's own.
    /// - Throws: ``ProblemDetails``: 404 without such a file, 503 when the pool is full.
    public func response(to request: HTTPRequestHead, path: String? = nil) async throws -> HTTPResponse {
        guard request.method == .get || request.method == .head else {
            return ProblemDetails(.methodNotAllowed).response(fields: [.allow: "GET, HEAD"])
        }
        guard let name = Self.decode(path ?? request.path), let file = try await open(name) else {
            throw ProblemDetails(.notFound)
        }
        return respond(request, file, type: Self.mediaType(of: name))
    }

    private func open(_ name: String) async throws -> OpenFile? {
        do {
            return try await OpenFile.open(name, beneath: root, pool: pool)
        } catch is BlockingPool.Overloaded {
            throw ProblemDetails(.serviceUnavailable, reason: "blocking_pool_full", isRetryable: true)
        }
    }

    private func respond(_ request: HTTPRequestHead, _ file: OpenFile, type: String) -> HTTPResponse {
        let seconds = file.modified / 1_000_000_000
        let tag = "\"\(String(file.modified, radix: 16))-\(String(file.size, radix: 16))\""
        var fields: HTTPFields = [
            .eTag: tag, .lastModified: HTTPDate.format(seconds), .acceptRanges: "bytes",
        ]
        if let cacheControl { fields.append(.cacheControl, cacheControl) }
        if HTTPConditions.isNotModified(request, tag, seconds) {
            return HTTPResponse(.notModified, fields: fields)
        }

        var ranges = ByteRanges.whole
        if request.method == .get, let range = request.fields[.range],
            HTTPConditions.mayRange(request, tag, seconds)
        {
            ranges = ByteRanges(range, size: file.size)
        }
        switch ranges {
        case .whole:
            fields.append(.contentType, type)
            return HTTPResponse(.ok, fields: fields, body: Self.body(file, 0..<file.size))
        case .unsatisfiable:
            fields.append(.contentRange, "bytes */\(file.size)")
            return ProblemDetails(.rangeNotSatisfiable).response(fields: fields)
        case .parts(let parts) where parts.count == 1:
            fields.append(.contentType, type)
            fields.append(.contentRange, Self.contentRange(parts[0], file.size))
            return HTTPResponse(.partialContent, fields: fields, body: Self.body(file, parts[0]))
        case .parts(let parts): return multipart(parts, file, type, fields)
        }
    }

    private static func body(_ file: OpenFile, _ range: Range<Int64>) -> HTTPBody {
        HTTPBody([.file(file, offset: range.lowerBound, count: Int(range.upperBound - range.lowerBound))])
    }

    /// Several parts in one answer (RFC 9110 §14.6).
    private func multipart(
        _ parts: [Range<Int64>],
        _ file: OpenFile,
        _ type: String,
        _ fields: HTTPFields
    ) -> HTTPResponse {
        // Any boundary that is not in the file would do; a random one can't be put there on purpose.
        let boundary = "vigie-\(String(UInt64.random(in: .min ... .max), radix: 16))"
        var fields = fields
        fields.append(.contentType, "multipart/byteranges; boundary=\(boundary)")
        var segments: [HTTPBodySegment] = []
        for part in parts {
            let range = Self.contentRange(part, file.size)
            let head = "\r\n--\(boundary)\r\nContent-Type: \(type)\r\nContent-Range: \(range)\r\n\r\n"
            segments.append(.bytes(Array(head.utf8)))
            segments.append(
                .file(file, offset: part.lowerBound, count: Int(part.upperBound - part.lowerBound))
            )
        }
        segments.append(.bytes(Array("\r\n--\(boundary)--\r\n".utf8)))
        return HTTPResponse(.partialContent, fields: fields, body: HTTPBody(segments))
    }

    private static func contentRange(_ range: Range<Int64>, _ size: Int64) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
    }

    // MARK: Names

    /// The file's name that a path means; nil when it can't be one: an escaped slash or NUL is no part of a name.
    private static func decode(_ path: String) -> String? {
        var bytes: [UInt8] = []
        let source = Array(path.utf8)
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%") {
                guard index + 2 < source.count, let high = ByteClass.hexDigit(source[index + 1]),
                    let low = ByteClass.hexDigit(source[index + 2])
                else { return nil }
                let byte = high << 4 | low
                guard byte != 0, byte != UInt8(ascii: "/") else { return nil }
                bytes.append(byte)
                index += 3
            } else {
                bytes.append(source[index])
                index += 1
            }
        }
        guard let name = String(validating: bytes.drop { $0 == UInt8(ascii: "/") }, as: UTF8.self) else {
            return nil
        }
        let isHidden = name.split(separator: "/").contains { $0.hasPrefix(".") && $0 != ".well-known" }
        return isHidden ? nil : name
    }

    private static func mediaType(of name: String) -> String {
        switch name.split(separator: ".").last.map({ $0.lowercased() }) {
        case "html", "htm": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "json", "map": "application/json"
        case "txt", "md": "text/plain; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "jpg", "jpeg": "image/jpeg"
        case "gif": "image/gif"
        case "webp": "image/webp"
        case "avif": "image/avif"
        case "ico": "image/vnd.microsoft.icon"
        case "woff2": "font/woff2"
        case "pdf": "application/pdf"
        case "mp4": "video/mp4"
        case "wasm": "application/wasm"
        default: "application/octet-stream"
        }
    }
}
