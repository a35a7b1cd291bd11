import Vigie

/// A content that comes in, cut into pieces as the database keeps them.
struct Upload {
    private var source: HTTPBody.AsyncIterator
    private var buffer: [UInt8] = []
    private var isAtEnd = false

    init(_ body: HTTPBody) { source = body.makeAsyncIterator() }

    /// What the content is.
    ///
    /// - Throws: 415 for anything but an image that is taken.
    mutating func type() async throws -> ImageType {
        try await fill(to: ImageType.headByteCount)
        guard let type = ImageType(sniffing: buffer) else {
            throw Problem(
                .unsupportedMediaType,
                detail: "the content must be a JPEG, PNG or WebP image",
                reason: "no_image",
                fields: ["accept": ImageType.allCases.map(\.rawValue).joined(separator: ", ")]
            )
        }
        return type
    }

    /// The next piece; nil at the end.
    mutating func next() async throws -> [UInt8]? {
        try await fill(to: PhotoPieces.byteCount)
        guard !buffer.isEmpty else { return nil }
        let piece = Array(buffer.prefix(PhotoPieces.byteCount))
        buffer.removeFirst(piece.count)
        return piece
    }

    private mutating func fill(to count: Int) async throws {
        while !isAtEnd, buffer.count < count {
            if let bytes = try await source.next() { buffer += bytes } else { isAtEnd = true }
        }
    }
}
