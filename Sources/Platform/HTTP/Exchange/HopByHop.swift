/// Fields that belong to one connection and go no further (RFC 9110 §7.6.1).
extension HTTPFields {
    /// Takes out the fields that a proxy must not pass on: those that manage the connection, and those that `Connection`
    /// names, but for `protected` ones. A client could otherwise have a field removed that a later hop relies on, such
    /// as `Host` or what the proxy itself has set.
    public mutating func removeHopByHop(protecting protected: [HTTPFieldName] = [.host, .authorization, "traceparent"]) {
        let named = connectionOptions
        removeAll { name in
            Self.hopByHop.contains { ByteScan.equals(name, 0..<name.count, $0) }
                || named.contains { Self.matches(name, $0) && !protected.contains { Self.matches(name, Array($0.name.utf8)) } }
        }
    }

    private static let hopByHop: [StaticString] = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"]

    /// The members of all `Connection` fields that name a field, in lower case.
    private var connectionOptions: [[UInt8]] {
        var options: [[UInt8]] = []
        for value in values(of: .connection) {
            ListMembers.forEach(in: value.span) { options.append(value[(value.startIndex + $0.lowerBound)..<(value.startIndex + $0.upperBound)].map(ByteClass.lowercase)) }
        }
        return options.filter { !$0.elementsEqual("close".utf8) && !$0.elementsEqual("keep-alive".utf8) }
    }

    private static func matches(_ name: Span<UInt8>, _ lowercase: [UInt8]) -> Bool {
        guard name.count == lowercase.count else { return false }
        return name.indices.allSatisfy { ByteClass.lowercase(name[$0]) == lowercase[$0] }
    }
}
