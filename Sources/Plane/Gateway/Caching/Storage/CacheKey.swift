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
        self.init(isSecure: isSecure, host: head.fields.value(of: .host) ?? [], target: head.targetBytes)
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
