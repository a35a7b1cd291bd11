import FoundationEssentials
import Vigie

/// A photo's place among those of its listing: 1 to 20.
struct PhotoNumber: PathParameter, Sendable {
    static let range = 1...20

    let value: Int

    init?(parameter text: String) {
        guard let value = Int(parameter: text), Self.range.contains(value) else { return nil }
        self.value = value
    }

    static let parameterSchema = JSONSchema.integer(minimum: range.lowerBound, maximum: range.upperBound)
}

/// What is known of a photo.
struct Photo: Codable, Sendable {
    let number: Int
    let mediaType: String
    let byteCount: Int
    /// Names these very bytes; the `ETag`.
    let contentId: UUID
}
