/// Whether an answer switches to a protocol that was asked for (RFC 9110 §7.8).
enum UpgradeOffer {
    /// Whether a 101 answer to a request with these protocols in its `Upgrade` is in order: it names protocols, all of
    /// them asked for, and `Connection: upgrade`.
    static func accepts(_ head: HTTPResponseHead, asked: [String]) -> Bool {
        let named = protocols(in: head.fields)
        guard head.version == .http11, !named.isEmpty, named.allSatisfy(asked.contains) else { return false }
        var namesUpgrade = false
        head.fields.forEachValue(of: .connection) { value in
            if ListMembers.contains("upgrade", in: value) { namesUpgrade = true }
        }
        return namesUpgrade
    }

    /// The protocols that `Upgrade` lists, in lower case.
    static func protocols(in fields: HTTPFields) -> [String] {
        var names: [String] = []
        fields.forEachValue(of: .upgrade) { value in
            ListMembers.forEach(in: value) { member in
                names.append(String(decoding: member.map { ByteClass.lowercase(value[$0]) }, as: UTF8.self))
            }
        }
        return names
    }
}
