public import HTTP

/// What a part says of itself.
public struct MultipartHead: Sendable, Equatable {
    /// The form's field, never empty.
    public let name: String
    /// The file's name as the client tells it: no path, no control characters, at most 255 bytes, never empty, `.` or
    /// `..`; nil for a field that is no file. It is a label: don't open a file by it.
    public let fileName: String?
    /// What the client says the content is; nil when it says nothing. Nobody has checked it.
    public let contentType: String?
    /// All header fields of the part.
    public let fields: HTTPFields
}
