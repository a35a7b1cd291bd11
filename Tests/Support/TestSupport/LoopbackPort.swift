import Glibc
import Reactor

/// Ports of 127.0.0.1, for programs that cannot choose one themselves or do not say when they listen.
package enum LoopbackPort {
    /// Ports that were free a moment before, each another.
    package static func free(_ count: Int) throws -> [UInt16] {
        var ports: Set<UInt16> = []
        while ports.count < count { ports.insert(try free()) }
        return Array(ports)
    }

    private static func free() throws -> UInt16 {
        let port = unsafe withSocket(0) { number, address, length -> UInt16 in
            var bound = sockaddr_in()
            var size = length
            let isBound = unsafe bind(number, address, length) == 0
            let isNamed = unsafe withUnsafeMutablePointer(to: &bound) {
                let raw = UnsafeMutableRawPointer($0)
                return unsafe getsockname(number, raw.assumingMemoryBound(to: sockaddr.self), &size) == 0
            }
            return isBound && isNamed ? UInt16(bigEndian: bound.sin_port) : 0
        }
        guard port != 0 else { throw SystemError("find a free port") }
        return port
    }

    /// Waits until somebody listens there, 20 seconds at most.
    package static func answers(_ port: UInt16) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while !isListening(port) {
            guard ContinuousClock.now < end else { throw Silent(port: port) }
            await Task.yield()
        }
    }

    /// Nobody listens.
    package struct Silent: Error { package let port: UInt16 }

    private static func isListening(_ port: UInt16) -> Bool {
        unsafe withSocket(port) { unsafe connect($0, $1, $2) == 0 }
    }

    private static func withSocket<Value>(
        _ port: UInt16,
        _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(number) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return unsafe withUnsafePointer(to: address) {
            // `sockaddr` is how every kind of address is passed.
            unsafe body(
                number,
                UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size)
            )
        }
    }
}
