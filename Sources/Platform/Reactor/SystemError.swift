import Glibc

/// A system call that failed: which one, on what, and the kernel's error number.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The system's error number (errno(3)).
    public let code: Int32
    /// What was tried, fit for a person to read: `bind 127.0.0.1:80`.
    public let operation: String

    /// Makes an error from a number and what was tried.
    public init(code: Int32, operation: String) {
        self.code = code
        self.operation = operation
    }

    /// Takes the number from `errno`: call it right after the failed call.
    public init(_ operation: String) { self.init(code: errno, operation: operation) }

    /// Why it failed, without what was tried: `No space left on device`.
    public var reason: String { unsafe String(cString: strerror(code)) }

    /// What was tried and why it failed, with a hint where there is a usual cure.
    public var description: String {
        guard let hint else { return "\(operation): \(reason)" }
        return "\(operation): \(reason) (\(hint))"
    }

    private var hint: String? {
        switch code {
        case EADDRINUSE: "another program listens there; stop it or choose another port"
        case EACCES: "ports below 1024 need root or CAP_NET_BIND_SERVICE; choose a port from 1024 on"
        case EADDRNOTAVAIL: "no interface of this machine has that address"
        case EMFILE: "this process is out of file descriptors; raise `ulimit -n`"
        case ENFILE: "the machine is out of file descriptors; raise fs.file-max"
        default: nil
        }
    }
}
