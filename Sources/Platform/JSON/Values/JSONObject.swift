/// The members of a JSON object in their order, each key once.
///
/// Looking a key up walks the members: it suits objects as people write them. Two objects are equal when they have
/// the same members in the same order.
public struct JSONObject: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// A key and its value.
    public struct Member: Sendable, Hashable {
        /// The key.
        public let key: String
        /// The value.
        public var value: JSONValue

        /// Makes a member.
        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// The members in their order.
    public private(set) var members: [Member] = []

    /// An object without members.
    public init() {}

    /// Makes an object of literals; of a repeated key the last value stays, in the place of the first.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }

    /// Takes members whose keys are known to differ.
    init(unique members: [Member]) { self.members = members }

    /// The value of a key; setting appends a new key, nil removes it.
    public subscript(key: String) -> JSONValue? {
        get { index(of: key).map { members[$0].value } }
        set {
            switch (index(of: key), newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    private func index(of key: String) -> Int? {
        // Unit by unit (RFC 8259 §8.3), not by Unicode's equivalence.
        members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
    }
}
