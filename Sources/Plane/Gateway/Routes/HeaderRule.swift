import HTTP

/// What a request's field must say for a route.
struct HeaderRule: Sendable, Hashable {
    /// The field.
    let name: HTTPFieldName
    /// The whole value of the one field of that name; nil where any value will do.
    let value: String?

    /// Whether a request's fields keep the rule.
    func matches(_ fields: HTTPFields) -> Bool {
        guard let value else { return fields.contains(name) }
        return fields.onlyValue(of: name).map { $0.elementsEqual(value.utf8) } ?? false
    }
}
