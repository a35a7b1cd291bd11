import HTTP

/// A JSON value of a document that is written once, keys in their order.
indirect enum DocumentValue: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral
{
    case string(String)
    /// A number as it is written.
    case number(String)
    case boolean(Bool)
    case array([DocumentValue])
    case object([Member])

    struct Member: Sendable, Hashable {
        let key: String
        var value: DocumentValue
    }

    init(stringLiteral text: String) { self = .string(text) }
    init(booleanLiteral truth: Bool) { self = .boolean(truth) }
    init(arrayLiteral values: DocumentValue...) { self = .array(values) }
    init(dictionaryLiteral members: (String, DocumentValue)...) {
        self = .object(members.map { Member(key: $0, value: $1) })
    }

    /// A member of an object; setting nil leaves it out.
    subscript(key: String) -> DocumentValue? {
        get {
            guard case .object(let members) = self else { return nil }
            return members.first { $0.key == key }?.value
        }
        set {
            guard case .object(var members) = self else { return }
            let index = members.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
            self = .object(members)
        }
    }

    /// The value as JSON.
    var json: String {
        switch self {
        case .string(let text): JSONString.quoted(text)
        case .number(let digits): digits
        case .boolean(let truth): String(truth)
        case .array(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { JSONString.quoted($0.key) + ":" + $0.value.json }.joined(separator: ",") + "}"
        }
    }
}
