import Glibc
import Reactor

/// Two connected sockets: one for a test, the other to be a program's standard input or output.
package enum SocketPair {
    /// Makes one. Both close on exec from the beginning: no other child can hold them open.
    package static func make() throws -> (ours: Int32, theirs: Int32) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SystemError("make a socket pair") }
        return (ends[0], ends[1])
    }
}
