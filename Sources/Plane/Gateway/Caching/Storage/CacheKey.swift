import HTTP

/// What is asked for (RFC 9111 §2): the scheme, the authority in lower case, and the canonical target with its query.
struct CacheKey: Sendable, Hashable {
    let bytes: [UInt8]
    /// Keyed, as all hashes of `Hasher`: nobody outside can choose keys that collide.
    let hash: Int

    /// The key of a request.
    init(_ head: HTTPRequestHead) {
        // The gateway has said by then how the client came.
        let isSecure = head.fields.value(of: .xForwardedProto)?.elementsEqual("https".utf8) ?? false
        self.init(isSecure: isSecure, host: Self.hosts(of: head), target: head.targetBytes)
    }

    /// The host that the service is told its client asked for: a trusted proxy may have named another than it asks for itself.
    static func authority(of head: HTTPRequestHead) -> ArraySlice<UInt8> {
        head.fields.onlyValue(of: .xForwardedHost) ?? head.fields.value(of: .host) ?? []
    }

    /// That, and `Host` where it is another.
    static func hosts(of head: HTTPRequestHead) -> ArraySlice<UInt8> {
        let (authority, host) = (authority(of: head), head.fields.value(of: .host) ?? [])
        return authority.elementsEqual(host) ? host : authority + [0] + host
    }

    /// The key of a target on a host.
    init(isSecure: Bool, host: ArraySlice<UInt8>, target: [UInt8]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(host.count + 2 + target.count)
        bytes.append(isSecure ? 1 : 0)
        for byte in host {
            bytes.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
        }
        bytes.append(0)
        bytes.append(contentsOf: target)
        self.bytes = bytes
        hash = bytes.hashValue
    }

    static func == (left: CacheKey, right: CacheKey) -> Bool {
        left.hash == right.hash && left.bytes == right.bytes
    }

    func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
