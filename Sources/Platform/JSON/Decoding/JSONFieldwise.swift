/// Marks a type of which ``JSONText/decodeCollecting(_:from:limits:)`` may report all bad fields at once.
///
/// A synthesised `init(from:)` ends at the first field that throws. To get behind that field, the decoder repeats the
/// reading of a bad document and gives each bad field of a marked type a stand-in (0, an empty text, nil, the first
/// case); the value made of them is thrown away and never seen by a caller. By the mark the type's author says that
/// its `init(from:)` asks for the same fields whatever their values are, and does nothing but store them, as a
/// synthesised one does. A type without the mark is never given a stand-in: of it the first bad field is reported.
public protocol JSONFieldwise: Decodable {}
