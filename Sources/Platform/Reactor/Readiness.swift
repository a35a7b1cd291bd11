import CLinux

/// What the kernel said of a descriptor (epoll_ctl(2)).
public struct Readiness: OptionSet, Sendable {
    /// The kernel's event bits.
    public let rawValue: UInt32

    /// Makes a set from the kernel's event bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// There are bytes to read, a connection to accept, or the end of the stream.
    public static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    /// There is room to write.
    public static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The peer will send no more; it may still read.
    public static let peerClosed = Readiness(rawValue: EPOLLRDHUP.rawValue)
    /// Both directions are gone, or an error is pending: nothing more can be sent or read but what is buffered.
    public static let hangup = Readiness(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)
}

/// What a loop calls when a descriptor becomes ready; always on the loop's thread.
public protocol ReadinessHandler: AnyObject {
    /// Takes note of an edge: each is reported once (edge-triggered), so what is not used now must be remembered.
    func ready(_ readiness: Readiness)
}
