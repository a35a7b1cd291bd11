import Glibc

/// One open file descriptor; closed exactly once, when its owner lets go of it.
@safe public struct Descriptor: ~Copyable, Sendable {
    /// The kernel's number.
    public let number: Int32

    /// Takes over a descriptor that nothing else closes.
    public init(owning number: Int32) { self.number = number }

    deinit { close(number) }
}

extension Descriptor {
    /// Gives the number away: whoever takes it closes it.
    public consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}
