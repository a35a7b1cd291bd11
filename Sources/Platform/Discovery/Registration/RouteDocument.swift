/// The routes that a service asks the gateway for.
package struct RouteDocument: Sendable, Hashable {
    /// The SHA-256 of the bytes, 64 hexadecimal digits: a document under a hash never changes.
    package let hash: String
    /// The document, as the gateway's file has it.
    package let bytes: [UInt8]

    /// Takes a document and its hash.
    package init(hash: String, bytes: [UInt8]) {
        self.hash = hash
        self.bytes = bytes
    }
}
