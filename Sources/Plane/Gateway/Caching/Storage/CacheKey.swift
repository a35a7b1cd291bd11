import HTTP

/// What is asked for: the authority, in lower case, and the canonical target, with its query.
struct CacheKey: Sendable, Hashable {
    let bytes: [UInt8]
    /// Keyed, as all hashes of `Hasher`: nobody outside can choose keys that collide.
    let hash: Int

    /// The key of a request.
    init(_ head: HTTPRequestHead) {
        self.init(host: head.fields.value(of: .host) ?? [], target: head.targetBytes)
    }

    /// The key of a target on a host.
    init(host: ArraySlice<UInt8>, target: [UInt8]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(host.count + 1 + target.count)
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
