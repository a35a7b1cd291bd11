/// A value as a source gave it.
enum RawValue: Sendable, Equatable {
    case text(String)
    /// A list of the file; the other sources give lists as text.
    case list([String])

    /// The value in one line, for messages.
    var joined: String {
        switch self {
        case .text(let text): text
        case .list(let elements): elements.joined(separator: ",")
        }
    }
}
