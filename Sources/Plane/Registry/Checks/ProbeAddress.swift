/// A host and port as clients write them: `name:80`, `[::1]:80`, and also `[127.0.0.1]:80`.
struct ProbeAddress: Sendable, Equatable {
    let host: String
    let port: UInt16

    init?(_ text: some StringProtocol, standardPort: UInt16? = nil) {
        var host = Substring(text)
        var portText: Substring?
        if host.first == "[" {
            guard let end = host.firstIndex(of: "]") else { return nil }
            let rest = host[host.index(after: end)...]
            host = host[host.index(after: host.startIndex)..<end]
            guard rest.isEmpty || rest.first == ":" else { return nil }
            portText = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = host.lastIndex(of: ":") {
            portText = host[host.index(after: colon)...]
            host = host[..<colon]
        }
        guard !host.isEmpty, let port = portText.map({ UInt16($0) }) ?? standardPort else { return nil }
        self.host = String(host)
        self.port = port
    }
}

/// An `http:` URL in the parts that a request needs.
struct ProbeURL: Sendable, Equatable {
    let address: ProbeAddress
    /// As it stands in `Host`.
    let authority: String
    /// Path and query.
    let target: String

    init?(_ text: String) {
        guard let scheme = text.range(ofASCII: "://"), text[..<scheme.lowerBound].lowercased() == "http"
        else {
            return nil
        }
        let rest = text[scheme.upperBound...].prefix { $0 != "#" }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        var authority = rest[..<end]
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        guard let address = ProbeAddress(authority, standardPort: 80) else { return nil }
        self.address = address
        self.authority = String(authority)
        let path = rest[end...]
        target = path.first == "/" ? String(path) : "/\(path)"
    }

    /// Where a redirection leads; nil for a place that is no `http:` URL.
    func following(_ location: String) -> ProbeURL? {
        if location.range(ofASCII: "://") != nil { return ProbeURL(location) }
        let path = location.first == "/" ? location : "/\(location)"
        return ProbeURL("http://\(authority)\(path)")
    }
}

extension String {
    /// The first place of an ASCII text.
    fileprivate func range(ofASCII text: StaticString) -> Range<String.Index>? {
        firstRange(of: text.description)
    }
}
