import Documents
import FoundationEssentials

/// A file of authorities that vouch for issuers, in PEM (RFC 7468 §5).
enum AuthorityFile {
    private static let begin = "-----BEGIN CERTIFICATE-----"

    /// Notes what is wrong with it: each call would fail by it, long after the start.
    static func check(_ path: String, at place: String, _ mistakes: Mistakes) {
        guard let bytes = try? Data(contentsOf: URL(filePath: path)) else {
            return mistakes.note(
                place,
                "\(path): can't be read; does the file exist, and may this user read it?"
            )
        }
        guard String(decoding: bytes, as: UTF8.self).contains(begin) else {
            return mistakes.note(place, "\(path): holds no certificate in PEM, which begins with \(begin)")
        }
    }
}
