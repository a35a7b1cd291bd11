/// The images that are taken, told by their first bytes, whatever a client calls them.
enum ImageType: String, Sendable, CaseIterable {
    case jpeg = "image/jpeg"
    case png = "image/png"
    case webp = "image/webp"

    /// How many bytes are looked at.
    static let headByteCount = 12

    /// Tells the type of a content by its beginning; nil for none of them.
    init?(sniffing head: some Sequence<UInt8>) {
        let head = Array(head.prefix(Self.headByteCount))
        // PNG (RFC 2083 §3.1); JPEG's SOI and the marker behind it; RIFF with the form WEBP (RFC 9649 §2.4).
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if head.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if head.count == Self.headByteCount, head.starts(with: "RIFF".utf8),
            head[8...].elementsEqual("WEBP".utf8)
        {
            self = .webp
        } else {
            return nil
        }
    }
}
