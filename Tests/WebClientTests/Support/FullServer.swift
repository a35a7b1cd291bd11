import Glibc
import Reactor
import Testing

/// A server whose queue of connections is full and never emptied: the kernel lets further ones wait.
final class FullServer: Sendable {
    let port: UInt16
    private let descriptors: [Int32]

    init() throws {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptors = (0..<6).map { _ in socket(AF_INET, type, 0) }
        self.descriptors = descriptors
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isReady = unsafe withUnsafeMutablePointer(to: &address) {
            // `sockaddr` is how every kind of address is passed.
            let raw = unsafe UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self)
            guard unsafe bind(descriptors[0], raw, length) == 0, listen(descriptors[0], 0) == 0,
                unsafe getsockname(descriptors[0], raw, &length) == 0
            else { return false }
            for client in descriptors.dropFirst() { _ = unsafe connect(client, raw, length) }
            return true
        }
        try #require(isReady)
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { for number in descriptors { close(number) } }
}
