/// One step of a JSON text.
public enum JSONToken: Sendable, Hashable {
    case beginObject
    case endObject
    case beginArray
    case endArray
    /// A key; the next token begins its value.
    case key(JSONLexeme)
    case string(JSONLexeme)
    case number(JSONLexeme)
    case bool(Bool)
    case null
}
