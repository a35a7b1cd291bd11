/// What is wrong with one part of a request: a member of a problem's `errors`.
public struct ProblemField: Sendable, Hashable {
    /// Where the part stands.
    public enum Place: Sendable, Hashable {
        /// In the content: a JSON Pointer (RFC 6901), such as `/items/3/price`; empty for the whole.
        case pointer(String)
        /// A parameter of the query, by name.
        case parameter(String)
        /// A header field, by name.
        case header(String)
    }

    /// Where the part stands.
    public let place: Place
    /// What would be right, fit for the client to read.
    public let detail: String

    /// Names a part and what is wrong with it.
    public init(_ place: Place, detail: String) {
        self.place = place
        self.detail = detail
    }

    /// The member as JSON; a pointer stands in a URI fragment (RFC 6901 §6), as in RFC 9457 §3.
    var json: String {
        let (name, value) =
            switch place {
            case .pointer(let pointer): ("pointer", "#" + pointer)
            case .parameter(let name): ("parameter", name)
            case .header(let name): ("header", name)
            }
        return "{\"detail\":\(JSONString.quoted(detail)),\"\(name)\":\(JSONString.quoted(value))}"
    }
}
